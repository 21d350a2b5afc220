import type { Deps } from '../deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { settleRun } from './settle-run.ts';
import { activeRun, markStopping } from './store.ts';

/**
 * Stops the active run: what has not begun is skipped, and runners learn at their next heartbeat to finish the
 * performer in hand. Asked again while it is stopping, nothing more happens.
 *
 * @throws {ProblemError} `nothing_running`
 */
export async function stopRun(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeUp' | 'record'>,
  reason: string | undefined,
  actor: string,
): Promise<void> {
  const said = reason || 'was asked to stop';
  const run = await markStopping(deps.db, { reason: said, actor, now: deps.clock.now() });
  if (!run) {
    if (await activeRun(deps.db)) return;
    throw new ProblemError('nothing_running', 'No run is active, so there is nothing to stop.');
  }
  await deps.record({
    level: 'info',
    message: `Run ${run.id} is stopping (${actor}): ${said}`,
    runId: run.id,
  });
  await settleRun(deps, run.id);
}
