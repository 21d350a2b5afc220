import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { limits } from '@trainer/contract/limits';
import { Hono } from 'hono';
import { createApp } from '../src/app.ts';
import { createNodeApp, type NodeApp } from '../testing/create-node-app.ts';
import { readEvents } from '../testing/read-events.ts';
import { seedTask } from '../testing/seed-task.ts';

// Log lines per second through `POST /api/leases/{task}/logs` into a database file that is flushed with every batch,
// against a bare Hono route that only parses the same bodies, in the same process and in turns; and how long a line
// takes from the runner's request to a reader of the event stream, over loopback sockets.

const goalLatencyMs = 100;
const roundMs = 1_500;
const rounds = 3;
const runners = 4;
const latencyBatches = 200;

const folder = mkdtempSync(join(tmpdir(), 'bench-logs-'));
const app = await createNodeApp({ databasePath: join(folder, 'control-plane.db') });
try {
  const rows = [];
  for (const lines of [1, 20, 100, limits.logLinesPerBatch]) rows.push(await measureRate(lines));
  console.table(rows);
  const { median, p95 } = await measureLatency();
  console.log(
    `a line reaches a reader in ${median} ms (median), ${p95} ms (95 %; goal: below ${goalLatencyMs} ms)`,
  );
  process.exitCode = p95 < goalLatencyMs ? 0 : 1;
} finally {
  await app.close();
  rmSync(folder, { recursive: true });
}

type Post = (path: string, body: string) => Promise<Response>;

async function measureRate(linesPerBatch: number) {
  const bare = bareApp();
  const turns: { stored: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    turns.push({
      stored: await requestsPerSecond(inProcess(app), linesPerBatch),
      bare: await requestsPerSecond((path, body) => post(bare.request(path, init(body))), linesPerBatch),
    });
  }
  const { stored, bare: bareRate } = middle(turns);
  return {
    'lines per batch': linesPerBatch,
    'batches/s': Math.round(stored),
    'lines/s': Math.round(stored * linesPerBatch),
    'bare route, batches/s': Math.round(bareRate),
    'share of bare': Math.round((stored / bareRate) * 1000) / 1000,
  };
}

/** As many runners as a large home has, each sending one batch after the other. */
async function requestsPerSecond(send: Post, linesPerBatch: number): Promise<number> {
  const tasks = await Promise.all(
    Array.from({ length: runners }, () => seedTask(app.deps, { source: 'stashdb' })),
  );
  const start = performance.now();
  const counts = await Promise.all(
    tasks.map(async ({ taskId }) => {
      let sent = 0;
      while (performance.now() - start < roundMs) {
        await send(`/api/leases/${taskId}/logs`, batch(1 + sent * linesPerBatch, linesPerBatch));
        sent += 1;
      }
      return sent;
    }),
  );
  return (counts.reduce((sum, each) => sum + each) * 1000) / (performance.now() - start);
}

function batch(first: number, count: number): string {
  const lines = Array.from({ length: count }, (_, index) => ({
    seq: first + index,
    time: '2026-01-01T00:00:00.000Z',
    level: 'info',
    source: 'stashdb',
    message: `Ada Example: 5 images, 4 faces taken, 1 rejected (too small) in line ${first + index}`,
    fields: { performer: first + index, images: 5, faces: 4 },
  }));
  return JSON.stringify({ fence: 1, lines });
}

function bareApp(): Hono {
  const bare = new Hono();
  bare.post('/api/leases/:task/logs', async (context) => {
    const { lines } = await context.req.json<{ lines: { seq: number }[] }>();
    return context.json({ next_seq: (lines.at(-1)?.seq ?? 0) + 1 });
  });
  return bare;
}

function inProcess({ request }: NodeApp): Post {
  return (path, body) => post(request(path, init(body)));
}

function init(body: string): RequestInit {
  const headers = { authorization: `Bearer ${app.tokens.runner}`, 'content-type': 'application/json' };
  return { method: 'POST', headers, body };
}

async function post(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`A batch was refused: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
  return response;
}

async function measureLatency(): Promise<{ median: number; p95: number }> {
  const server = serve({ fetch: createApp(app.deps).fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const { taskId } = await seedTask(app.deps, { source: 'stashdb' });
  const events = readEvents(
    await fetch(`${url}/api/logs?tail=0`, { headers: { authorization: `Bearer ${app.tokens.read}` } }),
  );
  const times: number[] = [];
  for (let sent = 0; sent < latencyBatches; sent++) {
    const start = performance.now();
    const received = events.lines(1);
    await post(fetch(`${url}/api/leases/${taskId}/logs`, init(batch(sent + 1, 1))));
    await received;
    times.push(performance.now() - start);
  }
  await events.cancel();
  server.close();
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { median: at(0.5), p95: at(0.95) };
}

function middle(turns: { stored: number; bare: number }[]) {
  const sorted = turns.toSorted((one, other) => one.stored / one.bare - other.stored / other.bare);
  return sorted[Math.floor(sorted.length / 2)] ?? { stored: 0, bare: 0 };
}
