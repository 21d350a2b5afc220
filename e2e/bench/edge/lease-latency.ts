import { setTimeout as elapsed } from 'node:timers/promises';
import { askForLease } from './ask-for-lease.ts';
import { openDistantPlane } from './distant-database.ts';
import { complete } from './hold-lease.ts';
import { type Callers, openPlane } from './open-plane.ts';
import { spreadOf } from './spread.ts';

const RUNS = 15;
/** A run starts at any moment of a long poll, ms. */
const WAITED_MS = [150, 400] as const;

/** Who waits when a run starts. */
interface Scene {
  name: string;
  runners: number;
  /** Requests that each runner has hung up on before the one that it waits in. */
  hungUp: number;
  /** Other runners that have hung up on their request and never come back. */
  gone: number;
}

/** To a database in another city, ms. */
const ROUND_TRIP_MS = 30;

const ONE = { name: '1 runner', runners: 1, hungUp: 0, gone: 0 };
const scenes: readonly Scene[] = [
  ONE,
  { name: '3 runners', runners: 3, hungUp: 0, gone: 0 },
  { name: '1 runner that hung up 3 times', runners: 1, hungUp: 3, gone: 0 },
  { name: '3 runners that hung up twice', runners: 3, hungUp: 2, gone: 0 },
  { name: '2 runners, 3 others gone', runners: 2, hungUp: 0, gone: 3 },
];

export interface LeaseRow {
  scene: string;
  edge: string;
  median: number;
  p90: number;
  max: number;
}

/** From a run's start, as whoever starts it sends the request, to the lease in a waiting runner's hands, ms. */
export async function measureLeases(): Promise<LeaseRow[]> {
  await using node = await openPlane('node');
  await using workerd = await openPlane('workerd');
  await using distant = await openDistantPlane(ROUND_TRIP_MS);
  const rows: LeaseRow[] = [];
  for (const scene of scenes) {
    for (const plane of [workerd, node]) rows.push(await measure(plane, plane.edge, scene));
  }
  rows.push(await measure(distant, `workerd, database ${ROUND_TRIP_MS} ms away`, ONE));
  return rows;
}

async function measure(plane: Callers, edge: string, scene: Scene): Promise<LeaseRow> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await once(plane, scene));
  const { median, p90, max } = spreadOf(times);
  return { scene: scene.name, edge, median, p90, max };
}

async function once(plane: Callers, { runners, hungUp, gone }: Scene): Promise<number> {
  const ending = new AbortController();
  const names = Array.from({ length: runners }, (_, index) => `runner-${index}`);
  for (let request = 0; request < hungUp; request += 1) {
    await Promise.all(names.map((name) => hangUp(plane, name)));
  }
  await Promise.all(Array.from({ length: gone }, (_, index) => hangUp(plane, `gone-${index}`)));
  const asked = names.map((name) => askForLease(plane, name, ending.signal));
  await elapsed(WAITED_MS[0] + Math.random() * (WAITED_MS[1] - WAITED_MS[0]));
  const startedAt = performance.now();
  const started = plane.owner('POST /api/build/start', { body: { sources: ['stashdb'] } });
  const lease = await Promise.race(asked);
  const took = performance.now() - startedAt;
  await started;
  ending.abort();
  await Promise.allSettled(asked);
  await complete(plane, lease, 'failed');
  return took;
}

/** As a runner does whose connection breaks: nobody tells the control plane. */
async function hangUp(plane: Callers, name: string): Promise<void> {
  const gone = new AbortController();
  const asked = askForLease(plane, name, gone.signal).catch(() => {});
  await elapsed(100);
  gone.abort();
  await asked;
}
