import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@trainer/contract/client';
import { startWorkerd } from '../../../control-plane/src/edge/local/start-workerd.ts';
import { serveDatabase } from '../../../control-plane/src/edge/node/serve-database.ts';
import { layWire } from '../../programs/wire.ts';
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
  const wire = opened.use(await layWire(`http://127.0.0.1:${database.port}`, roundTripMs));
  const bindings = { LIBSQL_URL: wire.url, ADMIN_TOKEN };
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
