import type { HookEvent } from '@trainer/contract/hook-events';
import type { completionSchema, releaseSchema } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { TaskStatus } from '@trainer/contract/runs';
import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { type TaskRow, tasks } from '../db/schema/runs.ts';
import { enqueueEvent } from '../outbox/enqueue-event.ts';
import { storeProgress } from '../runs/parse-row.ts';
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
  completion: z.output<typeof completionSchema>,
): Promise<void> {
  const { fence, outcome, reason, paused, progress } = completion;
  const { task, run } = await findTask(deps.db, taskId);
  if (isLive(deps, task, fence)) {
    admitProgress(task, progress);
    admitCompletion(task, run, completion);
  }
  await endLease(deps, task, fence, {
    status: outcome,
    reason: paused ? `paused until an operator has checked it: ${reason}` : (reason ?? 'finished'),
    actor: task.runnerName,
    progress: storeProgress(task, progress),
    finishedAt: deps.clock.now(),
    ...(paused && { event: 'source.paused' as const }),
  });
  // Enrich tasks that wait for the last ingest can be claimed now.
  if (task.kind === 'ingest') await deps.notifier.notify('work');
}

/**
 * Releases an unfinished task for the next runner. A task that runners reported `limits.maxUnable` times as impossible fails, with
 * the reason that they gave. With `again_in_s` it is not handed out before that time, unless the last ingest of its run is over
 * earlier. Repeated, it changes nothing and is no error.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `impossible_report`
 */
export async function releaseLease(
  deps: Deps,
  taskId: string,
  { fence, reason, progress, unable, again_in_s: againInS }: z.output<typeof releaseSchema>,
): Promise<void> {
  const { task } = await findTask(deps.db, taskId);
  const isHeldNow = isLive(deps, task, fence);
  if (progress && isHeldNow) admitProgress(task, progress);
  // A repeated call was counted already.
  const lapses = unable && isHeldNow ? task.lapses + 1 : task.lapses;
  const isHopeless = unable && lapses >= limits.maxUnable;
  await endLease(deps, task, fence, {
    status: isHopeless ? 'failed' : 'ready',
    reason: isHopeless ? `no runner can do it: ${reason}` : `handed back: ${reason}`,
    actor: task.runnerName,
    lapses,
    notBefore: againInS === undefined ? null : deps.clock.now() + againInS * 1_000,
    ...(isHopeless && { finishedAt: deps.clock.now() }),
    ...(progress && { progress: storeProgress(task, progress) }),
  });
  await deps.notifier.notify('work');
}

interface Ending {
  status: TaskStatus;
  reason: string;
  actor: string | null;
  progress?: string;
  lapses?: number;
  notBefore?: number | null;
  finishedAt?: number;
  /** The event for hooks. */
  event?: HookEvent;
}

async function endLease(deps: Deps, task: TaskRow, fence: number, ending: Ending): Promise<void> {
  const ended = await writeEnding(deps, task, fence, ending);
  if (ended) await announce(deps, ended);
  else await refuseUnlessRepeated(deps, task.id, fence, ending.status);
  // Also after a repetition: the process that took the first one may have died before this.
  await settleRun(deps, task.runId);
}

/** Null when the lease is not held under this number any more. */
async function writeEnding(
  deps: Deps,
  { id: taskId, runId }: TaskRow,
  fence: number,
  { event, ...ending }: Ending,
): Promise<TaskRow | null> {
  const { db, clock } = deps;
  const now = clock.now();
  const write = db
    .update(tasks)
    .set({ ...ending, leaseExpiresAt: null })
    .where(isHeld(taskId, fence, now))
    .returning();
  if (!event) return (await write)[0] ?? null;
  const hasEnded = sql`EXISTS (SELECT 1 FROM tasks
    WHERE id = ${taskId} AND fence = ${fence} AND status = ${ending.status})`;
  const [[ended]] = await db.batch([write, enqueueEvent(db, event, { runId, taskId, at: now }, hasEnded)]);
  if (ended) deps.deliverSoon();
  return ended ?? null;
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
