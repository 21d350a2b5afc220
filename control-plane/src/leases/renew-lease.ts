import type { HeartbeatAnswer } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import { sql } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import { tasks } from '../db/schema/runs.ts';
import { isoTime } from '../http/iso-time.ts';
import { touchRunner } from '../runners/store.ts';
import { storeProgress } from '../runs/parse-row.ts';
import { admitProgress } from './admit-report.ts';
import { isHeld, leaseLost, requireLease } from './require-lease.ts';

/**
 * Extends a lease, stores the progress and returns whether the task continues.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `impossible_report`
 */
export async function renewLease(
  deps: Pick<Deps, 'db' | 'clock' | 'timings'>,
  taskId: string,
  fence: number,
  progress: Progress | undefined,
): Promise<HeartbeatAnswer> {
  const { db, clock, timings } = deps;
  // Read before the query: a stop after the query is then newer than this heartbeat, and the runner is asked for another one.
  const now = clock.now();
  const { task, run } = await requireLease(deps, taskId, fence);
  if (progress) admitProgress(task, progress);
  const leaseExpiresAt = now + timings.leaseTtlMs;
  const rows = await db
    .update(tasks)
    .set({
      leaseExpiresAt,
      ...(progress && { progress: storeProgress(task, progress), beats: sql`${tasks.beats} + 1` }),
    })
    .where(isHeld(taskId, fence, now))
    .returning({ id: tasks.id });
  if (rows.length === 0) throw leaseLost(task, fence);
  if (task.runnerId) await touchRunner(db, task.runnerId, now);
  return { want: run.status === 'running' ? 'continue' : 'stop', expires_at: isoTime(leaseExpiresAt) };
}
