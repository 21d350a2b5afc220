import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { createApp } from '../src/app.ts';
import type { Deps } from '../src/context/deps.ts';
import { migrate } from '../src/db/migrate.ts';
import { openDatabase } from '../src/db/open.ts';
import { memoryNotifier } from '../src/edge/memory-notifier.ts';
import { diskObjects } from '../src/edge/node/disk-objects.ts';
import { openDatabaseFile, readMigrations } from '../src/edge/node/open-database.ts';
import { serveApp, serveFetch } from '../src/edge/node/serve-app.ts';
import { outlivingWork } from '../src/edge/outliving-work.ts';
import { realClock } from '../src/edge/real-clock.ts';
import { nodeTimings } from '../src/edge/timings.ts';
import { recordLines } from '../src/logs/record-lines.ts';
import { createVault } from '../src/secrets/vault.ts';
import { createToken } from '../src/tokens/create-token.ts';
import { aRunner, progressOf } from '../testing/a-runner.ts';
import { seedTasks } from '../testing/seed-tasks.ts';

/**
 * How many leases a second, against a bare Hono route that answers with its request's JSON in the same process: over
 * loopback and in process. `FULL` is how the control plane runs, every commit flushed to the disk, so there the disk
 * decides; `NORMAL` shows what the rest costs. A claim is two commits (task, log line), a cycle five.
 */
const QUEUED = 20_000;
/** As a real run has; so many runs are never active at once, which the bench has to allow. */
const TASKS_PER_RUN = 10;
const PARALLEL = 8;
const SECONDS = 2;

type Send = (path: string, body: object) => Promise<unknown>;

const folder = mkdtempSync(join(tmpdir(), 'bench-leases-'));
const deps = await openDeps();
await deps.db.$client.execute('DROP INDEX runs_one_active');
await deps.db.$client.execute('PRAGMA synchronous = NORMAL');
for (let run = 0; run < QUEUED / TASKS_PER_RUN; run += 1) await seedTasks(deps.db, TASKS_PER_RUN);
const { token } = await createToken(deps, { name: 'bench', scope: 'runner', expiresAt: null });
const bare = new Hono().post('/api/leases', async (context) =>
  context.json({ lease: await context.req.json() }),
);
const app = createApp(deps);
const served = await serveApp(deps, { host: '127.0.0.1', port: 0 });
const servedBare = await serveFetch((request) => bare.fetch(request), { host: '127.0.0.1', port: 0 });

for (const synchronous of ['FULL', 'NORMAL']) {
  await deps.db.$client.execute(`PRAGMA synchronous = ${synchronous}`);
  const overHttp = (port: number) => sender((url, init) => fetch(url, init), port);
  await report(`${synchronous}, over HTTP`, overHttp(served.port), overHttp(servedBare.port));
  const inProcess = (to: Pick<typeof bare | typeof app, 'request'>) =>
    sender(async (url, init) => to.request(url, init), 0);
  await report(`${synchronous}, in process`, inProcess(app), inProcess(bare));
}

await Promise.all([served.close(), servedBare.close()]);
deps.db.$client.close();
rmSync(folder, { recursive: true });

async function openDeps(): Promise<Deps> {
  const client = openDatabaseFile(join(folder, 'control-plane.db'));
  await migrate(client, readMigrations(), Date.now());
  const parts = { db: openDatabase(client), clock: realClock, notifier: memoryNotifier() };
  return {
    ...parts,
    objects: diskObjects(folder),
    assets: { areCompressed: false, read: async () => null },
    log: (level, message) => console.error(level, message),
    record: (...lines) => recordLines(parts, lines),
    deliverSoon: () => {},
    vault: createVault('a key for measurements'),
    fetch: (url, init) => fetch(url, init),
    later: outlivingWork(() => {}).later,
    shortage: () => null,
    detectsDisconnects: true,
    closing: new AbortController().signal,
    publicUrl: null,
    timings: nodeTimings,
  };
}

function sender(doFetch: (url: string, init: RequestInit) => Promise<Response>, port: number): Send {
  return async (path, body) => {
    const response = await doFetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
}

/** One row per measurement; the ratio is to the bare route, the same way. */
async function report(way: string, send: Send, sendBare: Send): Promise<void> {
  const bareRate = await perSecond(() => sendBare('/api/leases', aRunner()));
  const rows = {
    'bare Hono route': bareRate,
    claim: await perSecond((count) => claimAndForget(send, count)),
    'claim + heartbeat + complete': await perSecond(() => cycle(send)),
  };
  for (const [what, rate] of Object.entries(rows)) {
    const ratio = (rate / bareRate).toFixed(2);
    console.log(
      `${way.padEnd(18)} ${what.padEnd(29)} ${rate.toFixed(0).padStart(7)} /s ${ratio.padStart(6)}`,
    );
  }
}

/** Claimed tasks are put aside now and then: in real life there are never hundreds of leases at once. */
async function claimAndForget(send: Send, count: number): Promise<void> {
  await claim(send);
  if (count % 50 === 0)
    await deps.db.$client.execute("UPDATE tasks SET status = 'done' WHERE status = 'leased'");
}

async function perSecond(work: (count: number) => Promise<unknown>): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  let done = 0;
  const worker = async () => {
    for (; performance.now() < until; done += 1) await work(done);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return done / SECONDS;
}

async function claim(send: Send): Promise<{ task_id: string; fence: number }> {
  const answer = (await send('/api/leases', { ...aRunner(), wait_ms: 0 })) as {
    lease: { task_id: string; fence: number } | null;
  };
  if (!answer.lease) throw new Error(`More than ${QUEUED} claims: raise the number of queued tasks`);
  return answer.lease;
}

async function cycle(send: Send): Promise<void> {
  const { task_id: task, fence } = await claim(send);
  await send(`/api/leases/${task}/heartbeat`, { fence, progress: progressOf() });
  await send(`/api/leases/${task}/complete`, { fence, outcome: 'done', progress: progressOf() });
}
