import { CatalogFenced } from '../catalog/fences.ts';
import type { RunTask, Task } from '../lease/task.ts';
import { messageOf } from '../logs/message-of.ts';
import { type FollowDeps, followDecisions } from './follow-decisions.ts';
import { reportReviews } from './report-reviews.ts';

/**
 * Puts reviews around a task: first the catalog follows what was decided, and at the end what was found is reported. Neither is
 * worth the task: when it does not succeed, the log says so and the next task tries again.
 */
export function withReviews(runTask: RunTask, deps: FollowDeps & { now: () => Date }): RunTask {
  return async (task) => {
    const since = deps.now();
    await attempt(task, 'Decisions on reviews could not be followed', () => followDecisions(task, deps));
    const result = await runTask(task);
    if (result.outcome === 'done')
      await attempt(task, 'Reviews could not be reported', () => reportReviews(task, deps, since));
    return result;
  };
}

async function attempt(task: Task, failure: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CatalogFenced) throw error;
    task.signal.throwIfAborted();
    task.log.warn(`${failure}: ${messageOf(error)}`);
  }
}
