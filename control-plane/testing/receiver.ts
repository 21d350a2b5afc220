import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  body: string;
}

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Answers with the request itself. */
  repeats?: boolean;
  /** Answers nothing. */
  hangs?: boolean;
}

export interface Receiver extends AsyncDisposable {
  url: string;
  received: Received[];
  /** What the next requests are answered with, one after the other; then with 204. */
  answers: Answer[];
}

/** A server on loopback that takes what hooks send. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk;
    const came = { path: request.url ?? '', headers: request.headers, body };
    received.push(came);
    const { status = 204, headers = {}, body: said = '', repeats, hangs } = answers.shift() ?? {};
    if (!hangs) response.writeHead(status, headers).end(repeats ? JSON.stringify(came) : said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
