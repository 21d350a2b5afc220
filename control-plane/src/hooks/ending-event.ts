import type { HookEvent } from '@trainer/contract/hook-events';
import type { FinalRunStatus } from '@trainer/contract/runs';
import type { TaskRow } from '../db/schema/runs.ts';
import { errorsOf, failedTasks } from './run-errors.ts';

/** What the end of a run is called. `tasks` are all of the run's. */
export function endingEvent(status: FinalRunStatus, tasks: readonly TaskRow[]): HookEvent {
  if (status !== 'completed') return `run.${status}`;
  const isClean = failedTasks(tasks).length === 0 && errorsOf(tasks) === 0;
  return isClean ? 'run.finished' : 'run.finished_with_errors';
}
