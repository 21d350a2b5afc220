import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { settleRun } from './settle-run.ts';
import { activeRun, cancelQueued, markStopping } from './store.ts';

type Need = Pick<Deps, 'db' | 'clock' | 'notifier' | 'record' | 'deliverSoon'>;

/**
 * Stops the active run: tasks that have not begun are skipped, and runners are told at their next heartbeat to finish the current
 * performer. A repeated stop changes nothing. A queued `runId` is cancelled at once.
 *
 * @throws {ProblemError} `nothing_running`
 */
export async function stopRun(
  deps: Need,
  { reason: given, run_id: runId }: { reason?: string; run_id?: number },
  actor: string,
): Promise<void> {
  const reason = given || 'was asked to stop';
  const now = deps.clock.now();
  const queued = runId === undefined ? null : await cancelQueued(deps.db, runId, { reason, actor, now });
  if (queued) {
    deps.deliverSoon();
    return say(deps, queued.id, `was removed from the queue (${actor}): ${reason}`);
  }
  const run = await markStopping(deps.db, { reason, actor, now, runId });
  if (run) {
    // Wakes the runners' polls, which ask for a heartbeat at once.
    await deps.notifier.notify('work');
    await say(deps, run.id, `is stopping (${actor}): ${reason}`);
    return settleRun(deps, run.id);
  }
  const active = await activeRun(deps.db);
  if (active && (runId === undefined || runId === active.id)) return;
  throw new ProblemError(
    'nothing_running',
    runId === undefined
      ? 'No run is active, so there is nothing to stop.'
      : `Run ${runId} is neither queued nor active, so there is nothing to stop.`,
  );
}

function say({ record }: Need, runId: number, what: string): Promise<void> {
  return record({ level: 'info', message: `Run ${runId} ${what}`, runId });
}
