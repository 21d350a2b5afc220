import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, createClient } from '@trainer/contract/client';
import { housekeeping } from '../../../control-plane/src/edge/housekeeping.ts';
import { startWorkerd, type Workerd } from '../../../control-plane/src/edge/local/start-workerd.ts';
import { ensurePack } from '../../../runner/src/models/ensure-pack.ts';
import { defaultModelsDir } from '../../../runner/src/models/list-packs.ts';
import { startRunner } from '../../programs/runner.ts';
import { until } from '../../programs/until.ts';
import { type CountingDatabase, serveCountingDatabase } from './counting-database.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { readLog } from './read-log.ts';

const ADMIN_TOKEN = 'for-measurements-only';
const DAY_MS = 24 * 60 * 60 * 1_000;
/** How many long polls are watched, 25 s each. */
const POLLS = 3;
/** What a caller would need that looks once a second. */
const NAIVE_PER_DAY = DAY_MS / 1_000;

/** What something costs in a day at which nothing happens. */
export interface IdleRow {
  what: string;
  'requests a day': number;
  'database calls a day'?: number;
  'statements a day'?: number;
}

interface CountedEdge {
  dir: string;
  workerd: Workerd;
  proxy: CountingProxy;
  database: CountingDatabase;
  owner: Call;
}

/** The real runner program that nobody gives work, a reader of the log that nobody writes to, and the cron triggers. */
export async function measureIdle(): Promise<IdleRow[]> {
  const [runner, reader, triggers] = await Promise.all([
    onEdge(idleRunner),
    onEdge(idleReader),
    onEdge(cronTriggers),
  ]);
  return [
    runner,
    reader,
    triggers,
    { what: 'for comparison: once a second', 'requests a day': NAIVE_PER_DAY },
  ];
}

async function onEdge(measure: (edge: CountedEdge) => Promise<IdleRow>): Promise<IdleRow> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'bench-idle-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const database = opened.use(await serveCountingDatabase(join(dir, 'control-plane.db')));
  const bindings = { LIBSQL_URL: database.url, ADMIN_TOKEN };
  const workerd = opened.use(await startWorkerd({ bindings }));
  const proxy = opened.use(await startCountingProxy(workerd.url));
  const owner = createClient({ baseUrl: proxy.url, token: ADMIN_TOKEN });
  await owner('GET /api/runs', { query: {} });
  return await measure({ dir, workerd, proxy, database, owner });
}

async function idleRunner({ dir, proxy, database, owner }: CountedEdge): Promise<IdleRow> {
  const modelsDir = defaultModelsDir();
  await ensurePack('starter', modelsDir);
  const { token } = await owner('POST /api/tokens', { body: { name: 'idle', scope: 'runner' } });
  await writeFile(join(dir, 'runner-token'), token, { mode: 0o600 });
  const asked = () => proxy.requests.filter((request) => request === 'POST /api/leases').length;
  await using runner = startRunner({
    dataDir: join(dir, 'runner'),
    modelsDir,
    controlPlane: { url: proxy.url, dataDir: dir },
    stashBox: { url: 'http://127.0.0.1:9', apiKey: 'none' },
    env: { INFERENCE_WORKERS: '1' },
  });
  const hasAsked = (times: number) =>
    until(`it asks for work ${times} times`, () => asked() === times, {
      withinMs: 120_000,
      explain: runner.output,
    });
  await hasAsked(1);
  return await count('a runner that waits for work', { proxy, database }, () => hasAsked(1 + POLLS));
}

/** From the first stream to the second: each ends by itself after so many looks. */
async function idleReader({ proxy, database, owner }: CountedEdge): Promise<IdleRow> {
  const reader = readLog(owner);
  await reader.opened;
  const row = await count('a reader of the log', { proxy, database }, () =>
    until('the reader has come back', () => reader.resumes() === 1, { withinMs: 600_000, everyMs: 100 }),
  );
  await reader.close();
  return row;
}

async function cronTriggers({ workerd, database }: CountedEdge): Promise<IdleRow> {
  const worker = await workerd.miniflare.getWorker();
  const total = { 'requests a day': 0, 'database calls a day': 0, 'statements a day': 0 };
  for (const cron of new Set(housekeeping.map((chore) => chore.cron))) {
    database.take();
    await worker.scheduled({ cron });
    const { calls, statements } = database.take();
    const perDay = firesPerDay(cron);
    total['requests a day'] += perDay;
    total['database calls a day'] += calls * perDay;
    total['statements a day'] += statements * perDay;
  }
  return { what: 'the cron triggers', ...total };
}

// Of expressions like ours: `* * * * *`, `*/2 * * * *`, `7 * * * *`.
function firesPerDay(cron: string): number {
  const [, every] = /^\*(?:\/(\d+))? /.exec(cron) ?? [];
  return cron.startsWith('*') ? (24 * 60) / Number(every ?? 1) : 24;
}

async function count(
  what: string,
  { proxy, database }: Pick<CountedEdge, 'proxy' | 'database'>,
  work: () => Promise<unknown>,
): Promise<IdleRow> {
  database.take();
  const requests = proxy.requests.length;
  const beganAt = performance.now();
  await work();
  const tookMs = performance.now() - beganAt;
  const perDay = (number: number) => Math.round((number * DAY_MS) / tookMs);
  const { calls, statements } = database.take();
  return {
    what,
    'requests a day': perDay(proxy.requests.length - requests),
    'database calls a day': perDay(calls),
    'statements a day': perDay(statements),
  };
}
