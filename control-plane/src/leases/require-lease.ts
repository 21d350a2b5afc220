import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { Caller } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import type { Database } from '../db/open.ts';
import { type RunRow, runs, type TaskRow, tasks } from '../db/schema/runs.ts';
import { ProblemError } from '../http/problem-error.ts';

/**
 * The condition under which a write for `taskId` counts, for the WHERE of that very write: a check before it
 * could be overtaken by another grant. Use it on the table `tasks`, or with `holderExists` on any other.
 */
export function isHeld(taskId: string, fence: number, now: number): SQL | undefined {
  return and(
    eq(tasks.id, taskId),
    eq(tasks.fence, fence),
    eq(tasks.status, 'leased'),
    gt(tasks.leaseExpiresAt, now),
  );
}

/** The same as a condition of statements on other tables: `INSERT … SELECT … WHERE <this>`. */
export function holderExists(db: Database, taskId: string, fence: number, now: number): SQL {
  return sql`exists ${db
    .select({ one: sql`1` })
    .from(tasks)
    .where(isHeld(taskId, fence, now))}`;
}

/**
 * The task and its run, for the current holder of the lease with this fencing number.
 *
 * @throws {ProblemError} `not_found` for an unknown task, `lease_lost` for a lease held by another runner.
 */
export async function requireLease(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  taskId: string,
  fence: number,
): Promise<{ task: TaskRow; run: RunRow }> {
  const found = await findTask(db, taskId);
  const { task } = found;
  const isLive = task.status === 'leased' && (task.leaseExpiresAt ?? 0) > clock.now();
  if (task.fence !== fence || !isLive) throw leaseLost(task, fence);
  return found;
}

/**
 * Accepts only the token that claimed the task's newest lease. Fencing numbers protect against mistakes, not against other token
 * holders: they can be guessed. Checking before the write is safe, because a fencing number never changes its token.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`
 */
export async function requireOwnLease(
  db: Database,
  taskId: string,
  { tokenId }: Pick<Caller, 'tokenId'>,
): Promise<void> {
  const [task] = await db.select({ tokenId: tasks.tokenId }).from(tasks).where(eq(tasks.id, taskId));
  if (!task) throw noTask(taskId);
  if (task.tokenId === null || task.tokenId === tokenId) return;
  throw new ProblemError(
    'lease_lost',
    `Task ${taskId} is leased to the holder of another token. Drop it and ask for work again.`,
  );
}

/** @throws {ProblemError} `not_found` */
export async function findTask(db: Database, taskId: string): Promise<{ task: TaskRow; run: RunRow }> {
  const [found] = await db
    .select({ task: tasks, run: runs })
    .from(tasks)
    .innerJoin(runs, eq(runs.id, tasks.runId))
    .where(eq(tasks.id, taskId));
  if (!found) throw noTask(taskId);
  return found;
}

function noTask(taskId: string): ProblemError {
  return new ProblemError('not_found', `There is no task ${taskId}.`);
}

/** The error for the holder of an old fencing number. */
export function leaseLost(task: TaskRow, fence: number): ProblemError {
  return new ProblemError(
    'lease_lost',
    `Task ${task.id} is not leased under fencing number ${fence} (it is ${task.status}, at ${task.fence}). Drop it and ask for work again.`,
  );
}
