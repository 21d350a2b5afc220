import type { completionSchema, releaseSchema } from '@trainer/shared/leases';
import type { TaskStatus } from '@trainer/shared/runs';
import type { z } from 'zod';
import { type TaskRow, tasks } from '../db/schema/runs.ts';
import type { Deps } from '../deps.ts';
import { settleRun } from '../runs/settle-run.ts';
import { admitCompletion, admitProgress } from './admit-report.ts';
import { findTask, isHeld, leaseLost } from './require-lease.ts';

/**
 * Ends a task and takes its run to the next step. Repeated, it changes nothing and is no error.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `impossible_report`
 */
export async function completeTask(
  deps: Deps,
  taskId: string,
  { fence, outcome, reason, progress }: z.output<typeof completionSchema>,
): Promise<void> {
  const { task, run } = await findTask(deps.db, taskId);
  if (isLive(deps, task, fence)) {
    admitProgress(task, progress);
    admitCompletion(task, run, outcome, reason);
  }
  await endLease(deps, task, fence, {
    status: outcome,
    reason: reason ?? 'finished',
    actor: task.runnerName,
    progress: JSON.stringify(progress),
    finishedAt: deps.clock.now(),
  });
}

/**
 * Hands a task back unfinished; it is ready for the next runner. Repeated, it changes nothing and is no error.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `impossible_report`
 */
export async function releaseLease(
  deps: Deps,
  taskId: string,
  { fence, reason, progress }: z.output<typeof releaseSchema>,
): Promise<void> {
  const { task } = await findTask(deps.db, taskId);
  if (progress && isLive(deps, task, fence)) admitProgress(task, progress);
  await endLease(deps, task, fence, {
    status: 'ready',
    reason: `handed back: ${reason}`,
    actor: task.runnerName,
    ...(progress && { progress: JSON.stringify(progress) }),
  });
  await deps.wakeUp.notify('work');
}

interface Ending {
  status: TaskStatus;
  reason: string;
  actor: string | null;
  progress?: string;
  finishedAt?: number;
}

async function endLease(deps: Deps, task: TaskRow, fence: number, ending: Ending): Promise<void> {
  const { db, clock } = deps;
  const [ended] = await db
    .update(tasks)
    .set({ ...ending, leaseExpiresAt: null })
    .where(isHeld(task.id, fence, clock.now()))
    .returning();
  if (ended) await announce(deps, ended);
  else await refuseUnlessRepeated(deps, task.id, fence, ending.status);
  // Also after a repetition: the process that took the first one may have died before this.
  await settleRun(deps, task.runId);
}

function isLive({ clock }: Deps, task: TaskRow, fence: number): boolean {
  return task.fence === fence && task.status === 'leased' && (task.leaseExpiresAt ?? 0) > clock.now();
}

async function refuseUnlessRepeated(
  { db }: Deps,
  taskId: string,
  fence: number,
  status: TaskStatus,
): Promise<void> {
  const { task } = await findTask(db, taskId);
  if (task.fence !== fence || task.status !== status || task.leaseExpiresAt !== null) {
    throw leaseLost(task, fence);
  }
}

async function announce(deps: Deps, { id, runId, source, status, reason }: TaskRow): Promise<void> {
  const level = status === 'failed' ? 'error' : 'info';
  await deps.record({ level, message: `Task ${id} ${status}: ${reason}`, runId, taskId: id, source });
}
