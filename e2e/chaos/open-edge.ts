import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startWorkerd, type Workerd } from '../../control-plane/src/edge/local/start-workerd.ts';
import { serveDatabase } from '../../control-plane/src/edge/node/serve-database.ts';
import { type BreakableProxy, startBreakableProxy } from './breakable-proxy.ts';
import { type Fate, startFate } from './start-fate.ts';

const ENTRY = resolve(import.meta.dirname, '../../control-plane/testing/workers/chaos.ts');

export interface ChaosEdge extends AsyncDisposable {
  dir: string;
  /** What runners and people call. */
  url: string;
  adminToken: string;
  workerd: Workerd;
  /** Before the Worker. */
  front: BreakableProxy;
  /** Between the Worker and its database. */
  back: BreakableProxy;
  /** Of the bucket. */
  fate: Fate;
  /** What Cloudflare does when it moves the hub: whoever waits there is thrown out. */
  endHub: () => Promise<void>;
  /** The database's file, for whoever wants to know what is really there. */
  look: () => DatabaseSync;
}

/**
 * The control plane as on Cloudflare, everything on loopback and breakable: a libSQL server behind a proxy that cuts
 * connections, R2 that fails, and the Worker behind another such proxy. The database is empty.
 *
 * @param say gets whatever the Worker prints
 */
export async function openChaosEdge(say: (line: string) => void): Promise<ChaosEdge> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'chaos-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'control-plane.db');
  const database = await serveDatabase(file, { host: '127.0.0.1', port: 0, authToken: undefined });
  opened.defer(() => database.close());
  const back = opened.use(await startBreakableProxy(database.port));
  const fate = opened.use(await startFate());
  const adminToken = 'admin-token-of-the-chaos-test';
  const workerd = opened.use(
    await startWorkerd({
      entry: ENTRY,
      bindings: {
        LIBSQL_URL: `http://127.0.0.1:${back.port}`,
        ADMIN_TOKEN: adminToken,
        FATE_URL: fate.url,
      },
      dataDir: join(dir, 'r2'),
      print: (line) => say(`Worker ${line}`),
    }),
  );
  const front = opened.use(await startBreakableProxy(Number(new URL(workerd.url).port)));
  const kept = opened.move();
  return {
    dir,
    url: `http://127.0.0.1:${front.port}`,
    adminToken,
    workerd,
    front,
    back,
    fate,
    endHub: async () => void (await fetch(`${workerd.url}/end-hub`)),
    look: () => new DatabaseSync(file, { timeout: 10_000 }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
