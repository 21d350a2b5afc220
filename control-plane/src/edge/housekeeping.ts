import type { Deps } from '../context/deps.ts';
import { pruneDeliveries, sendDueDeliveries } from '../hooks/deliveries.ts';
import { withCauses } from '../http/with-causes.ts';
import { reapLeases } from '../leases/reap-leases.ts';
import { pruneLogs } from '../logs/prune-logs.ts';
import { forgetOldQuestions } from '../questions/ask-question.ts';
import { runDueSchedules } from '../schedules/run-due-schedules.ts';
import { pruneVersions } from '../versions/remove-version.ts';

interface Chore {
  /** For the program's log: "Pruning logs". */
  what: string;
  work: (deps: Deps) => Promise<unknown>;
  /** Between two turns where a process lives on, ms. */
  everyMs: number;
  /** Where none does: a cron trigger of `wrangler.toml`. */
  cron: string;
}

/** An invocation may make fifty requests, so chores that need many do not share one. */
const EVERY_MINUTE = '* * * * *';
const EVERY_OTHER_MINUTE = '*/2 * * * *';
const MINUTE_MS = 60 * 1_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What has to be done although nobody asks for it. Each may be done at any time, and by several at once. */
export const housekeeping: readonly Chore[] = [
  { what: 'Looking after leases', work: reapLeases, everyMs: 1_000, cron: EVERY_MINUTE },
  { what: 'Starting what is due', work: runDueSchedules, everyMs: 5_000, cron: EVERY_MINUTE },
  { what: 'Forgetting questions', work: forgetOldQuestions, everyMs: MINUTE_MS, cron: EVERY_OTHER_MINUTE },
  // What has just happened is sent at once; this is for what is tried again.
  { what: 'Sending to hooks', work: sendDueDeliveries, everyMs: 5_000, cron: EVERY_OTHER_MINUTE },
  { what: 'Pruning logs', work: pruneLogs, everyMs: HOUR_MS, cron: '7 * * * *' },
  { what: 'Pruning deliveries', work: pruneDeliveries, everyMs: HOUR_MS, cron: '37 * * * *' },
  { what: 'Pruning versions', work: pruneVersions, everyMs: HOUR_MS, cron: '37 * * * *' },
];

/** Does what belongs to a cron trigger, one chore after the other; that one fails keeps none from its turn. */
export async function doChores(deps: Deps, cron: string): Promise<void> {
  for (const { what, work } of housekeeping.filter((chore) => chore.cron === cron)) {
    await work(deps).catch((error: unknown) => deps.log('error', `${what} failed: ${withCauses(error)}`));
  }
}
