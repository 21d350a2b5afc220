import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { createApp } from '../../app.ts';
import type { Deps } from '../../deps.ts';

/** Above the idle time of common proxies and clients, so that it is never we who cut a connection in use, ms. */
const KEEP_ALIVE_MS = 75_000;
/** Connections that have not ended by themselves are cut: containers are killed after 10 s. */
const CLOSE_MS = 5_000;

export interface Served {
  port: number;
  /** Stops taking requests, waits for those under way, and cuts what is left after 5 s. */
  close: () => Promise<void>;
}

/** Listens for requests; answers once it does. Throws when the port is taken. */
export async function serveApp(deps: Deps, { host, port }: { host: string; port: number }): Promise<Served> {
  const app = createApp(deps);
  const server = createServer(
    getRequestListener((request, { incoming }) => app.fetch(request, { client: clientOf(incoming, deps) })),
  );
  server.listen(port, host);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** Behind a proxy (`PUBLIC_URL` says so) the caller is whom the nearest proxy names. */
function clientOf(
  { headers, socket }: (HttpBindings | Http2Bindings)['incoming'],
  { publicUrl }: Deps,
): string {
  const forwarded = publicUrl ? [headers['x-forwarded-for']].flat().at(-1) : undefined;
  return forwarded?.split(',').at(-1)?.trim() || (socket.remoteAddress ?? 'unknown');
}
