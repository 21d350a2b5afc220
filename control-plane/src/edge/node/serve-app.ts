import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { createApp } from '../../app.ts';
import type { Deps } from '../../context/deps.ts';
import { withCauses } from '../../http/with-causes.ts';
import { printLine } from '../print-line.ts';

/** Above the idle time of common proxies and clients, so that it is never we who cut a connection in use, ms. */
const KEEP_ALIVE_MS = 75_000;
/** Connections that have not ended by themselves are cut: containers are killed after 10 s. */
const CLOSE_MS = 5_000;
const SWEEP_MS = 50;

export interface Served {
  port: number;
  /** Stops taking requests, waits for those under way, and cuts what is left after 5 s. */
  close: () => Promise<void>;
}

/** Listens for requests to the app; answers once it does. Throws when the port is taken. */
export function serveApp(deps: Deps, where: { host: string; port: number }): Promise<Served> {
  const app = createApp(deps);
  return serveFetch(
    (request, { incoming }) => app.fetch(request, { client: clientOf(incoming, deps) }),
    where,
  );
}

/** The same for any fetch handler. */
export async function serveFetch(
  handle: Parameters<typeof getRequestListener>[0],
  { host, port }: { host: string; port: number },
): Promise<Served> {
  const server = createServer(getRequestListener(handle));
  const unasked = unaskedConnections(server);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening');
  // Such as a connection that cannot be accepted because the process has too many open files: the others go on.
  server.on('error', (error) => printLine('error', `A connection was lost: ${withCauses(error)}`));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => closeServer(server, unasked),
  };
}

/** Those on which nothing was asked yet: browsers open some ahead, and Node does not count them as idle. */
function unaskedConnections(server: Server): Set<Socket> {
  const unasked = new Set<Socket>();
  server.on('connection', (socket) => {
    unasked.add(socket);
    socket.once('close', () => unasked.delete(socket));
  });
  server.on('request', ({ socket }) => unasked.delete(socket));
  return unasked;
}

async function closeServer(server: Server, unasked: Set<Socket>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of unasked) socket.destroy();
  // Connections become idle one by one, as the last answers go out.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

/** Behind a proxy (`PUBLIC_URL` says so) the caller is whom the nearest proxy names. */
function clientOf(
  { headers, socket }: (HttpBindings | Http2Bindings)['incoming'],
  { publicUrl }: Deps,
): string {
  const forwarded = publicUrl ? [headers['x-forwarded-for']].flat().at(-1) : undefined;
  return forwarded?.split(',').at(-1)?.trim() || (socket.remoteAddress ?? 'unknown');
}
