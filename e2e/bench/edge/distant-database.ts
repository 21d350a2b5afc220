import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createClient } from '@trainer/shared/client';
import { startWorkerd } from '../../../control-plane/src/edge/local/start-workerd.ts';
import { serveDatabase } from '../../../control-plane/src/edge/node/serve-database.ts';
import type { Callers } from './open-plane.ts';

const ADMIN_TOKEN = 'for-measurements-only';

/** The control plane on workerd, with a database whose every answer takes `roundTripMs` longer than here. */
export async function openDistantPlane(roundTripMs: number): Promise<Callers & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'bench-distant-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const database = await serveDatabase(join(dir, 'libsql.db'), {
    host: '127.0.0.1',
    port: 0,
    authToken: undefined,
  });
  opened.defer(() => database.close());
  const wire = opened.use(await layLongWire(database.port, roundTripMs));
  const bindings = { LIBSQL_URL: `http://127.0.0.1:${wire.port}`, ADMIN_TOKEN };
  const { url } = opened.use(await startWorkerd({ bindings }));
  const owner = createClient({ baseUrl: url, token: ADMIN_TOKEN });
  const { token } = await owner('POST /api/tokens', { body: { name: 'bench', scope: 'runner' } });
  const kept = opened.move();
  return {
    owner,
    runner: createClient({ baseUrl: url, token }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Passes connections on to a port of loopback; what callers send arrives `delayMs` later. */
async function layLongWire(to: number, delayMs: number) {
  const open = new Set<Duplex>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => {}); // a broken connection closes as well
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
    near.on('data', (bytes) => setTimeout(() => far.write(bytes), delayMs));
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const end of open) end.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
