import type { Lease, leaseAnswerSchema, leaseRequestSchema } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import { min, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Caller } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { isLeased, type TaskRow, tasks } from '../db/schema/runs.ts';
import { isoTime } from '../http/iso-time.ts';
import { handOutQuestion } from '../questions/answer-question.ts';
import { noteConflicts } from '../runners/source-conflicts.ts';
import { mayOthersWait, rememberRunner } from '../runners/store.ts';
import { parseConfig, parseParams, parseProgress } from '../runs/parse-row.ts';
import { latestVersion } from '../runs/store.ts';
import { lookForWork } from './claim-task.ts';
import { reapLeases } from './reap-leases.ts';
import { findTask, isHeld } from './require-lease.ts';

/**
 * Waits until there is something for this runner (a task, a question, a stop to hear of), `wait_ms` at most, and hands it
 * out. Nothing: ask again. It gives up earlier where looks are counted, and there was nothing each time it was woken.
 *
 * Where nobody tells that a caller has hung up, a request that was woken may wait for nobody, and what it took would be lost
 * until the lease lapses. When others may wait too it takes nothing: whoever is there asks again, and a request that has
 * just come has a caller.
 *
 * @param signal aborts when the caller is gone, where the platform can tell; what was claimed for it is put back.
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
  for (let looks = 1; !gone.aborted; looks += 1) {
    // Taken before looking: what happens between the look and the wait ends the wait at once.
    const seen = await deps.notifier.current('work');
    const { task, isOvertaken, mustBeat } = await lookForWork(deps, runner, caller, poll);
    const lease = task && (await handOver(deps, task, gone));
    if (gone.aborted || isOvertaken) break;
    const question = await handOutQuestion(deps).catch((error: unknown) => {
      // It must not cost the lease; the next request gets it.
      if (lease) return null;
      throw error;
    });
    if (lease || question || mustBeat) return { lease, question, ...(mustBeat && { beat_now: true }) };
    if (looks >= deps.timings.checksPerPoll) break;
    await reapLeases(deps);
    const now = deps.clock.now();
    if (now >= until) break;
    await deps.notifier.wait('work', seen, Math.min(until, await nextLapse(deps, until)) - now, gone);
    const wokenAt = deps.clock.now();
    if (!deps.detectsDisconnects && (await mayOthersWait(deps.db, runner.runner_id, wokenAt))) {
      return wokenAt < until ? { ...nothing, again: true } : nothing;
    }
  }
  return nothing;
}

const nothing = { lease: null, question: null };

/** What the runner needs to know of the task that was claimed for it; null when it is gone. */
async function handOver(deps: Deps, task: TaskRow, gone: AbortSignal): Promise<Lease | null> {
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
    await putBack(deps, task).catch(() => {});
    throw error;
  }
  await putBack(deps, task);
  return null;
}

/** When the next lease lapses: nobody notifies of that. */
async function nextLapse({ db, clock }: Deps, until: number): Promise<number> {
  const [row] = await db
    .select({ at: min(tasks.leaseExpiresAt) })
    .from(tasks)
    .where(isLeased);
  return Math.max(row?.at ?? until, clock.now() + 1);
}

/** The caller will not hear of its lease: the next one shall not wait for it to lapse. */
async function putBack({ db, clock, notifier }: Deps, task: TaskRow): Promise<void> {
  await db
    .update(tasks)
    .set({
      status: 'ready',
      reason: 'the runner did not hear of its lease',
      actor: 'control plane',
      attempts: sql`${tasks.attempts} - 1`,
      leaseExpiresAt: null,
    })
    .where(isHeld(task.id, task.fence, clock.now()));
  await notifier.notify('work');
}

async function toLease({ db, timings }: Deps, task: TaskRow): Promise<Lease> {
  const [{ run }, latest] = await Promise.all([findTask(db, task.id), latestVersion(db)]);
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
  };
}
