import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Catalog, CatalogDeps } from '../src/catalog/catalog.ts';
import { connectCatalog } from '../src/catalog/connect-catalog.ts';
import { openCatalog } from '../src/catalog/open-catalog.ts';
import { commitPerformer } from '../src/commit/commit-performer.ts';
import { clusterVector, sampleFace, sampleImage } from '../testing/catalog/samples.ts';
import { makeWorld, type WorldEvent } from '../testing/world/world.ts';

// What a performer's turn costs in the catalog (who it is, two images with a face each, cursor and counters), in a file and on a
// libSQL server on this machine; and what two runners at once get done there. A network adds its own time to every request of
// a turn, so their number stands beside. Every commit reaches the disk everywhere.

const targetRatio = 8;
const targetRequests = 10;
const people = 120;
const seed = 20_260_401;

type Recorded = Extract<WorldEvent, { kind: 'record' }>;
const records = makeWorld(people, seed).events.filter((event): event is Recorded => event.kind === 'record');
const deps: CatalogDeps = {
  now: () => new Date(),
  sleep: (ms) => sleep(ms),
  newId: () => 'bench',
  random: Math.random,
  say: console.warn,
};
const folder = mkdtempSync(join(tmpdir(), 'bench-catalog-'));
try {
  const [first, second] = [records.filter((_, i) => i % 2 === 0), records.filter((_, i) => i % 2 === 1)];
  const file = await measure([records], () => openCatalog(join(folder, 'file.db'), deps));
  const served = await onServer('one.db', (open, requests) => measure([records], open, requests));
  const shared = await onServer('two.db', (open, requests) => measure([first, second], open, requests));
  const ratio = served.ms / file.ms;
  console.table({
    'a file': { ...shown(file), ratio: 1 },
    'a libSQL server': { ...shown(served), ratio: round(ratio) },
    'two runners on one': { ...shown(shared), ratio: round(shared.ms / file.ms) },
  });
  console.log(`a turn over HTTP against one in a file: ${round(ratio)} times (goal: at most ${targetRatio})`);
  console.log(`requests of a turn: ${round(served.requests)} (goal: at most ${targetRequests})`);
  process.exitCode = ratio <= targetRatio && served.requests <= targetRequests ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

interface Measured {
  /** Per turn, by the clock. */
  ms: number;
  /** Per turn. */
  requests: number;
  /** Plans that were made again, of all. */
  again: number;
}

/** Commits each share by a runner of its own, all at once. */
async function measure(
  shares: Recorded[][],
  open: () => Promise<Catalog>,
  requests: () => Promise<number> = async () => 0,
): Promise<Measured> {
  const runners = await Promise.all(shares.map(async (share) => ({ share, catalog: await open() })));
  const before = await requests();
  const start = performance.now();
  let plans = 0;
  await Promise.all(
    runners.map(async ({ share, catalog }, runner) => {
      const own = catalog.forOwner();
      for (const [i, { record }] of share.entries()) {
        const plan = async () => {
          plans += 1;
          return turnOf(record, runner, i);
        };
        await commitPerformer(own, { performer: record, plan });
      }
    }),
  );
  const ms = (performance.now() - start) / records.length;
  const asked = (await requests()) - before;
  for (const { catalog } of runners) catalog.close();
  return { ms, requests: asked / records.length, again: 1 - records.length / plans };
}

function turnOf({ endpoint, remoteId }: Recorded['record'], runner: number, i: number) {
  const images = [0, 1].map((member) => {
    const face = sampleFace(clusterVector(i, member));
    return sampleImage(`https://${endpoint}/${remoteId}/${member}`, [face], { source: endpoint });
  });
  const progress = { run: '1', taskId: `1.${runner}`, counters: { performers_processed: i } };
  return { images, progress, cursor: { source: `source ${runner}`, value: { page: i } } };
}

async function onServer<T>(
  name: string,
  use: (open: () => Promise<Catalog>, requests: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const worker = new Worker(new URL('./catalog.worker.ts', import.meta.url), {
    workerData: { path: join(folder, name) },
  });
  const [url]: string[] = await once(worker, 'message');
  const place = { url: url ?? '', authToken: undefined };
  const requests = async () => {
    worker.postMessage('count');
    const [count]: number[] = await once(worker, 'message');
    return count ?? 0;
  };
  try {
    return await use(() => connectCatalog(place, deps), requests);
  } finally {
    await worker.terminate();
  }
}

function shown({ ms, requests, again }: Measured) {
  return {
    'ms per performer': round(ms),
    'performers/s': Math.round(1000 / ms),
    'requests per performer': round(requests),
    'planned again': `${(again * 100).toFixed(0)} %`,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
