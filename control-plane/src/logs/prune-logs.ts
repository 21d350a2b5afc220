import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../context/deps.ts';
import { dropOldest } from './store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MB = 1_000_000;
/** Ids looked at by one statement: some 20 ms, so that other requests are not delayed. */
const LINES_PER_STEP = 5_000;
/** Statements per call: a Worker has 50 subrequests. Called once an hour this keeps up with 50 lines a second. */
const STEPS = 40;

/**
 * Drops lines that are older than the configuration keeps, or beyond its size. Called by the edge's
 * housekeeping. Returns the number of lines dropped.
 */
export async function pruneLogs({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const { retention } = (await readConfig(db)).config;
  const limits = {
    before: clock.now() - retention.log_days * DAY_MS,
    maxBytes: retention.log_max_mb * MB,
    limit: LINES_PER_STEP,
  };
  let dropped = 0;
  for (let step = 0; step < STEPS; step++) {
    const more = await dropOldest(db, limits);
    dropped += more;
    if (more === 0) break;
  }
  return dropped;
}
