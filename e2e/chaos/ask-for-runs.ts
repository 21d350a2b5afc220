import { randomUUID } from 'node:crypto';
import { setTimeout as elapsed } from 'node:timers/promises';
import { ApiProblem, type Call } from '@trainer/contract/client';
import { finalRunStatuses, type RunView } from '@trainer/contract/runs';

/** How many may be unfinished at once. */
const UNFINISHED = 2;
/** Every so many-th is stopped: in the midst of it, and once in a while before its turn comes. */
const STOP_EVERY = 4;
const LOOK_EVERY_MS = 400;
const LONGEST_RUN_MS = 3_000;

export interface WantedRun {
  id: number;
  stop: 'never' | 'queued' | 'running' | 'asked';
}

/**
 * Asks for one run after the other, as a person with an unsteady connection does, until `enough` aborts, and answers with all
 * of them once they have ended.
 *
 * @throws Error when one does not end within `patienceMs`
 */
export async function askForRuns(
  session: Call,
  { enough, random, patienceMs }: { enough: AbortSignal; random: () => number; patienceMs: number },
): Promise<WantedRun[]> {
  const wanted: WantedRun[] = [];
  const unfinished = new Set<WantedRun>();
  const stops: Promise<void>[] = [];

  async function ask(): Promise<void> {
    const { run_id: id } = await session('POST /api/build/start', {
      body: { sources: ['stashdb', 'fansdb', 'iafd'], queue: true, request_id: randomUUID() },
    });
    const number = wanted.length + 1;
    const when = number % (STOP_EVERY * 3) === 0 ? 'queued' : 'running';
    const run: WantedRun = { id, stop: number % STOP_EVERY === 0 ? when : 'never' };
    wanted.push(run);
    unfinished.add(run);
  }

  for (let changedAt = Date.now(); !enough.aborted || unfinished.size > 0; ) {
    if (!enough.aborted && unfinished.size < UNFINISHED) await ask();
    const newest = await session('GET /api/runs', { query: { limit: 10 * UNFINISHED } });
    for (const run of unfinished) {
      const seen = newest.find(({ id }) => id === run.id);
      if (!seen) throw new Error(`Run ${run.id} is gone, or runs have begun that nobody asked for`);
      if (seen.status === run.stop) {
        run.stop = 'asked';
        const waitMs = seen.status === 'queued' ? 0 : random() * LONGEST_RUN_MS;
        stops.push(elapsed(waitMs).then(() => stop(session, run.id)));
      }
      if (!isFinal(seen)) continue;
      unfinished.delete(run);
      changedAt = Date.now();
    }
    if (Date.now() - changedAt > patienceMs)
      throw new Error(`Runs do not end: ${[...unfinished].map(({ id }) => id)}`);
    await elapsed(LOOK_EVERY_MS);
  }
  await Promise.all(stops);
  return wanted;
}

async function stop(session: Call, id: number): Promise<void> {
  await session('POST /api/build/stop', { body: { run_id: id, reason: 'chaos' } }).catch((error: unknown) => {
    // It had ended by itself, or an answer was lost.
    if (!(error instanceof ApiProblem && error.code === 'nothing_running')) throw error;
  });
}

function isFinal({ status }: RunView): boolean {
  return finalRunStatuses.some((final) => final === status);
}
