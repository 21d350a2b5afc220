import type { HookEvent } from '@trainer/contract/hook-events';
import type { FinalRunStatus } from '@trainer/contract/runs';
import type { TaskRow } from '../db/schema/runs.ts';
import { parseProgress } from './parse-row.ts';

/** What the end of a run is called. `tasks` are all of the run's. */
export function endingEvent(status: FinalRunStatus, tasks: readonly TaskRow[]): HookEvent {
  if (status !== 'completed') return `run.${status}`;
  const isClean = failedTasks(tasks).length === 0 && errorsOf(tasks) === 0;
  return isClean ? 'run.finished' : 'run.finished_with_errors';
}

/** Tasks that gave up. One that was skipped was not needed or not possible, and is no error. */
export function failedTasks(tasks: readonly TaskRow[]): TaskRow[] {
  return tasks.filter(({ status }) => status === 'failed');
}

/** What could not be read, in sum. */
export function errorsOf(tasks: readonly TaskRow[]): number {
  return tasks.reduce((sum, task) => sum + parseProgress(task).errors, 0);
}
