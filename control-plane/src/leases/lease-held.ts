import { sql, type SQL } from 'drizzle-orm';
import { tasks } from '../db/schema/runs.ts';
import { ProblemError } from '../http/problem-error.ts';

/** What a caller that acts under a lease says about it. */
export interface LeaseClaim {
  taskId: string;
  fence: number;
}

type TaskLease = Pick<typeof tasks.$inferSelect, 'status' | 'fence' | 'leaseExpiresAt'>;

/** SQL that is true while the lease lives; put it into the very statement that writes under the lease. */
export function leaseHeld({ taskId, fence }: LeaseClaim, now: number): SQL {
  return sql`EXISTS (SELECT 1 FROM ${tasks} WHERE ${tasks.id} = ${taskId} AND ${tasks.status} = 'leased'
    AND ${tasks.fence} = ${fence} AND ${tasks.leaseExpiresAt} > ${now})`;
}

/**
 * Refuses a caller whose lease is over, judged by the task as the statement found it.
 * @throws {ProblemError} `not_found` or `lease_lost`
 */
export function refuseLostLease(
  { taskId, fence }: LeaseClaim,
  task: TaskLease | undefined,
  now: number,
): asserts task {
  if (!task) throw new ProblemError('not_found', `There is no task ${taskId}.`);
  if (task.status === 'leased' && task.fence === fence && (task.leaseExpiresAt ?? 0) > now) return;
  const fate =
    task.fence === fence ? `it is over (the task is ${task.status})` : `the task was granted again since`;
  throw new ProblemError(
    'lease_lost',
    `The lease ${fence} of ${taskId} is no longer yours: ${fate}. Drop the task and ask for work.`,
  );
}
