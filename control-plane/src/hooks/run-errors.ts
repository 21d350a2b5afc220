import type { TaskRow } from '../db/schema/runs.ts';
import { parseProgress } from '../runs/parse-row.ts';

/** Tasks that gave up. One that was skipped was not needed or not possible, and is no error. */
export function failedTasks(tasks: readonly TaskRow[]): TaskRow[] {
  return tasks.filter(({ status }) => status === 'failed');
}

/** What could not be read, in sum. */
export function errorsOf(tasks: readonly TaskRow[]): number {
  return tasks.reduce((sum, task) => sum + parseProgress(task).errors, 0);
}
