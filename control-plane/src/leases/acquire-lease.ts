import type { Lease, leaseAnswerSchema, leaseRequestSchema } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import { and, gt, min, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Caller } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { isLeased, type TaskRow, tasks } from '../db/schema/runs.ts';
import { isoTime } from '../http/iso-time.ts';
import { claimQuestion } from '../questions/answer-question.ts';
import { noteConflicts } from '../runners/source-conflicts.ts';
import { mayOthersWait, rememberRunner } from '../runners/store.ts';
import { isIngestOpen } from '../runs/advance-run.ts';
import { parseConfig, parseParams, parseProgress } from '../runs/parse-row.ts';
import { latestVersion } from '../runs/store.ts';
import { tasksOf } from '../runs/task-store.ts';
import { pollWork } from './claim-task.ts';
import { reapLeases } from './reap-leases.ts';
import { findTask, isHeld } from './require-lease.ts';

/**
 * Long poll: waits up to `wait_ms` for a task, a question or a stop for this runner, and returns it; an empty answer means "ask
 * again". It ends earlier after `checksPerPoll` database queries, on platforms that count them.
 *
 * Some platforms cannot detect a disconnected client. Claiming for one would block the task until the lease expires. There, a
 * poll that was woken while other runners may be waiting claims nothing and returns `again: true`: only a client that is still
 * connected asks again.
 *
 * @param signal aborts when the client disconnects, where the platform can detect it; a claimed task is then released.
 */
export async function acquireLease(
  deps: Deps,
  { wait_ms: waitMs, ...runner }: z.output<typeof leaseRequestSchema>,
  caller: Pick<Caller, 'tokenId' | 'sessionHash'>,
  signal: AbortSignal,
): Promise<z.output<typeof leaseAnswerSchema>> {
  const { poll, hasNewSources } = await rememberRunner(deps.db, runner, caller.tokenId, deps.clock.now());
  if (hasNewSources) await noteConflicts(deps, runner);
  const gone = AbortSignal.any([signal, deps.closing]);
  const until = deps.clock.now() + waitMs;
  for (let queries = 1; !gone.aborted; queries += 1) {
    // Read before the query: a notification between the query and the wait then ends the wait at once.
    const seen = await deps.notifier.current('work');
    const { task, isOvertaken, mustBeat } = await pollWork(deps, runner, caller, poll);
    const lease = task && (await toLeaseOrRelease(deps, task, gone));
    if (gone.aborted || isOvertaken) break;
    const question = await claimQuestion(deps).catch((error: unknown) => {
      // A failure here must not lose the lease; the next request gets the question.
      if (lease) return null;
      throw error;
    });
    if (lease || question || mustBeat) return { lease, question, ...(mustBeat && { beat_now: true }) };
    if (queries >= deps.timings.checksPerPoll) break;
    await reapLeases(deps);
    const now = deps.clock.now();
    if (now >= until) break;
    await deps.notifier.wait('work', seen, Math.min(until, await nextExpiry(deps, until)) - now, gone);
    const wokenAt = deps.clock.now();
    if (!deps.detectsDisconnects && (await mayOthersWait(deps.db, runner.runner_id, wokenAt))) {
      return wokenAt < until ? { ...nothing, again: true } : nothing;
    }
  }
  return nothing;
}

const nothing = { lease: null, question: null };

/** The lease for a claimed task; null when the client has disconnected, and the task is released again. */
async function toLeaseOrRelease(deps: Deps, task: TaskRow, gone: AbortSignal): Promise<Lease | null> {
  try {
    const line = {
      level: 'info' as const,
      message: `Task ${task.id} is leased to ${task.runnerName}, attempt ${task.attempts}`,
      runId: task.runId,
      taskId: task.id,
      source: task.source,
    };
    const [lease] = await Promise.all([toLease(deps, task), deps.record(line)]);
    if (!gone.aborted) return lease;
  } catch (error) {
    await releaseClaim(deps, task).catch(() => {});
    throw error;
  }
  await releaseClaim(deps, task);
  return null;
}

/**
 * When the next lease expires or the next task that waits for performers can be claimed, ms since 1970. Neither sends a
 * notification, so the wait has to end by then.
 */
async function nextExpiry({ db, clock }: Deps, until: number): Promise<number> {
  const now = clock.now();
  const [leased, waiting] = await db.batch([
    db
      .select({ at: min(tasks.leaseExpiresAt) })
      .from(tasks)
      .where(isLeased),
    db
      .select({ at: min(tasks.notBefore) })
      .from(tasks)
      // As it stands in the partial index, which is used only then.
      .where(and(sql`${tasks.status} IN ('ready', 'leased')`, gt(tasks.notBefore, now))),
  ]);
  return Math.max(Math.min(leased[0]?.at ?? until, waiting[0]?.at ?? until), now + 1);
}

/** Releases a task whose client has disconnected, so that the next runner need not wait for the lease to expire. */
async function releaseClaim({ db, clock, notifier }: Deps, task: TaskRow): Promise<void> {
  await db
    .update(tasks)
    .set({
      status: 'ready',
      reason: 'the runner disconnected before it received the lease',
      actor: 'control plane',
      attempts: sql`${tasks.attempts} - 1`,
      leaseExpiresAt: null,
    })
    .where(isHeld(task.id, task.fence, clock.now()));
  await notifier.notify('work');
}

async function toLease({ db, timings }: Deps, task: TaskRow): Promise<Lease> {
  const [{ run }, latest, all] = await Promise.all([
    findTask(db, task.id),
    latestVersion(db),
    tasksOf(db, [task.runId]),
  ]);
  return {
    task_id: task.id,
    run_id: task.runId,
    run_created_at: isoTime(run.createdAt),
    kind: task.kind,
    source: task.source,
    fence: task.fence,
    attempt: task.attempts,
    expires_at: isoTime(task.leaseExpiresAt ?? 0),
    first_heartbeat_ms: limits.firstHeartbeatMs,
    heartbeat_ms: timings.heartbeatMs,
    ttl_ms: timings.leaseTtlMs,
    log_flush_ms: timings.logFlushMs,
    progress: parseProgress(task),
    next_log_seq: task.nextLogSeq,
    params: parseParams(run),
    config: parseConfig(run),
    config_revision: run.configRevision,
    requested_by: run.requestedBy,
    latest_version: latest,
    ingest_open: isIngestOpen(all),
  };
}
