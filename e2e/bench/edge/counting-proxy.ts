import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

/** Longer than any pause of a caller: none shall find its connection closed, ms. */
const KEEP_ALIVE_MS = 120_000;

export interface CountingProxy extends AsyncDisposable {
  /** `http://127.0.0.1:…`, in front of the target. */
  url: string;
  /** All so far, by method and path. */
  requests: string[];
}

/** Stands on loopback in front of `target`, passes everything through as it comes, and counts. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const requests: string[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    requests.push(`${method} ${url}`);
    const passed = send({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
