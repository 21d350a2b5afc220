import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type RouteKey, routes } from '@trainer/contract/routes';

/** A request that one program sent, and what the other one answered. */
export interface Exchange {
  route: RouteKey;
  params: Record<string, string>;
  query: Record<string, string>;
  /** Of the request, those that the contract names. */
  headers: Record<string, string>;
  /** Parsed JSON; YAML as text; for bytes their number. */
  body: unknown;
  status: number;
  /** Parsed JSON; text of YAML; the first event of a stream; null for nothing. */
  answer: unknown;
}

/** Headers that say something about the request; what else there is belongs to the connection. */
const HEADERS = /^(accept|content-type|if-match|x-content-sha256|last-event-id|stash-sense-.*)$/;

/** Stands in front of the control plane at `to` and notes what passes, in the order in which it was answered. */
export async function startRecordingProxy(to: string) {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    pass(request, response, to, exchanges).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    exchanges,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  to: string,
  exchanges: Exchange[],
): Promise<void> {
  const method = incoming.method ?? 'GET';
  const url = new URL(incoming.url ?? '/', to);
  const bytes = await buffer(incoming);
  const given = Object.entries(incoming.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  const passed = given.filter(([name]) => !/^(host|connection|content-length|transfer-encoding)$/.test(name));
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const answered = await fetch(url, {
    method,
    headers: Object.fromEntries(passed),
    body: bytes.length > 0 ? bytes : null,
    signal: gone.signal,
  });
  const type = answered.headers.get('content-type') ?? '';
  const answer = await relay(answered, outgoing, type);
  const route = routeFor(method, url.pathname);
  if (!route) return;
  const headers = Object.fromEntries(given.filter(([name]) => HEADERS.test(name)));
  exchanges.push({
    ...route,
    query: Object.fromEntries(url.searchParams),
    headers,
    body: readBody(bytes, headers['content-type'] ?? ''),
    status: answered.status,
    answer,
  });
}

/** Of a stream that does not end, its first event is noted. */
async function relay(answered: Response, outgoing: ServerResponse, type: string): Promise<unknown> {
  outgoing.writeHead(answered.status, type ? { 'content-type': type } : {});
  if (!answered.body) {
    outgoing.end();
    return null;
  }
  const [near, far] = answered.body.tee();
  const toCaller = (async () => {
    for await (const chunk of near) outgoing.write(chunk);
    outgoing.end();
  })();
  if (type.startsWith('text/event-stream')) {
    void toCaller.catch(() => outgoing.destroy());
    return firstEvent(far);
  }
  const said = await new Response(far).text();
  await toCaller;
  return /json/.test(type) ? JSON.parse(said) : said || null;
}

async function firstEvent(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let said = '';
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    const event = said.split('\n\n').find((each) => each.includes('data:'));
    if (event) return event;
  }
  return said;
}

function readBody(bytes: Buffer, type: string): unknown {
  if (bytes.length === 0) return null;
  if (type.startsWith('application/json')) return JSON.parse(bytes.toString());
  return type.startsWith('application/octet-stream') ? { bytes: bytes.length } : bytes.toString();
}

function routeFor(method: string, path: string): Pick<Exchange, 'route' | 'params'> | null {
  for (const key of Object.keys(routes).filter(isRouteKey)) {
    const [wanted, pattern = ''] = key.split(' ');
    const found = new RegExp(`^${pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path);
    if (wanted === method && found) return { route: key, params: { ...found.groups } };
  }
  return null;
}

function isRouteKey(key: string): key is RouteKey {
  return Object.hasOwn(routes, key);
}
