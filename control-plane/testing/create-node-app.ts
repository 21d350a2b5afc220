import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createApp } from '../src/app.ts';
import type { Deps } from '../src/context/deps.ts';
import { migrate } from '../src/db/migrate.ts';
import { openDatabase } from '../src/db/open.ts';
import { housekeeping } from '../src/edge/housekeeping.ts';
import { memoryNotifier } from '../src/edge/memory-notifier.ts';
import { diskObjects } from '../src/edge/node/disk-objects.ts';
import { fileAssets } from '../src/edge/node/file-assets.ts';
import { readMigrations } from '../src/edge/node/open-database.ts';
import { outlivingWork } from '../src/edge/outliving-work.ts';
import { nodeTimings } from '../src/edge/timings.ts';
import { sendSoon } from '../src/hooks/deliveries.ts';
import { recordLines } from '../src/logs/record-lines.ts';
import { createVault } from '../src/secrets/vault.ts';
import { FakeClock } from './fake-clock.ts';
import { openTestDatabase } from './open-test-database.ts';
import { PAGES } from './pages.ts';
import { createTokens, type TestApp, type TestAppOptions, type TestEdge, toTestApp } from './test-app.ts';

/** What the Node edge lets a test do beside. */
export interface NodeApp extends TestApp {
  /** May be replaced part by part. */
  deps: Deps;
  /** The folder of the version store. */
  folder: string;
}

/** A whole control plane in this process, on a migrated database of its own. `over` replaces any part. */
export async function createNodeApp(
  over: Partial<Omit<Deps, 'timings'>> & TestAppOptions & { databasePath?: string } = {},
): Promise<NodeApp> {
  const { databasePath, timings, ...replaced } = over;
  const clock = new FakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'control-plane-test-'));
  const database = await openTestDatabase({ path: databasePath });
  await migrate(database.client, readMigrations(), clock.now());
  const logged: string[] = [];
  const log: Deps['log'] = (level, message) => logged.push(`${level} ${message}`);
  const { later, settled } = outlivingWork(log);
  const deps: Deps = {
    db: openDatabase(database.client),
    objects: diskObjects(folder),
    assets: fileAssets(PAGES),
    notifier: memoryNotifier(clock),
    clock,
    log,
    record: (...lines) => recordLines(deps, lines),
    deliverSoon: () => sendSoon(deps),
    vault: createVault('a key for tests'),
    fetch: (url, init) => fetch(url, init),
    later,
    shortage: () => null,
    detectsDisconnects: true,
    closing: new AbortController().signal,
    publicUrl: null,
    timings: { ...nodeTimings, ...timings },
    ...replaced,
  };
  let app = createApp(deps);
  const edge: TestEdge & Pick<NodeApp, 'deps' | 'folder'> = {
    deps,
    folder,
    clock,
    origin: 'http://localhost',
    request: async (path, init) => app.request(path, init, { client: '192.0.2.1' }),
    sleepers: async () => clock.sleepers,
    logged: async () => logged,
    record: (...lines) => deps.record(...lines),
    keepHouse: async (what) => housekeeping.find((chore) => chore.what === what)?.work(deps),
    settled,
    objects: deps.objects,
    stored: () => filesIn(folder),
    restart: async () => {
      deps.notifier = memoryNotifier(clock);
      app = createApp(deps);
    },
    close: async () => {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return toTestApp(edge, await createTokens(deps));
}

/** Objects alone: what is being uploaded is none yet. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.partial'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
