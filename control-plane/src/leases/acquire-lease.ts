import type { Lease, leaseAnswerSchema, leaseRequestSchema, Runner } from '@trainer/shared/leases';
import { limits } from '@trainer/shared/limits';
import type { SourceId } from '@trainer/shared/sources';
import { min, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { type TaskRow, tasks } from '../db/schema/runs.ts';
import type { Deps } from '../deps.ts';
import { isoTime } from '../http/iso-time.ts';
import { handOutQuestion } from '../questions/hand-out-question.ts';
import { parseConfig, parseParams, parseProgress } from '../runs/parse-row.ts';
import { latestVersion } from '../runs/store.ts';
import { claimTask } from './claim-task.ts';
import { isLeased } from './is-leased.ts';
import { reapLeases } from './reap-leases.ts';
import { findTask, isHeld } from './require-lease.ts';
import { listRunners, rememberRunner } from './runner-store.ts';

/**
 * Waits until there is a task or a question for this runner, `wait_ms` at most, and hands it out. Neither: ask again. It
 * gives up earlier where looks are counted, and there was nothing each time it was woken.
 *
 * @param signal aborts when the caller is gone, where the platform can tell; what was claimed for it is put back.
 */
export async function acquireLease(
  deps: Deps,
  { wait_ms: waitMs, ...runner }: z.output<typeof leaseRequestSchema>,
  signal: AbortSignal,
): Promise<z.output<typeof leaseAnswerSchema>> {
  await rememberRunner(deps.db, runner, deps.clock.now());
  const gone = AbortSignal.any([signal, deps.closing]);
  const until = deps.clock.now() + waitMs;
  for (let looks = 1; !gone.aborted; looks += 1) {
    // Taken before looking: what happens between the look and the wait ends the wait at once.
    const seen = await deps.wakeUp.current('work');
    const task = await claimFor(deps, runner);
    if (task && gone.aborted) await putBack(deps, task);
    if (gone.aborted) break;
    const question = await handOutQuestion(deps);
    if (task || question) return { lease: task && (await toLease(deps, task)), question };
    await reapLeases(deps);
    const now = deps.clock.now();
    if (now >= until || looks >= deps.tempo.looksPerPoll) break;
    await deps.wakeUp.wait('work', seen, Math.min(until, await nextLapse(deps, until)) - now, gone);
  }
  return { lease: null, question: null };
}

async function claimFor(deps: Deps, runner: Runner): Promise<TaskRow | null> {
  if (runner.free_slots === 0) return null;
  const now = deps.clock.now();
  const task = await claimTask(deps.db, runner, await betterElsewhere(deps, runner), now);
  if (task) {
    await deps.record({
      level: 'info',
      message: `Task ${task.id} is leased to ${runner.name}, attempt ${task.attempts}`,
      runId: task.runId,
      taskId: task.id,
      source: task.source,
    });
  }
  return task;
}

/** Sources that this runner cannot serve while another one that is online, at the same catalog, can. */
async function betterElsewhere({ db, clock }: Deps, runner: Runner): Promise<SourceId[]> {
  const unable = runner.sources.filter(({ available }) => !available).map(({ id }) => id);
  if (unable.length === 0) return [];
  const others = (await listRunners(db, clock.now())).filter(
    ({ isOnline, about }) =>
      isOnline && about.runner_id !== runner.runner_id && about.catalog_id === runner.catalog_id,
  );
  const able = others.flatMap(({ about }) => about.sources.filter(({ available }) => available));
  return unable.filter((id) => able.some((source) => source.id === id));
}

/** When the next lease lapses: nobody notifies of that. */
async function nextLapse({ db, clock }: Deps, until: number): Promise<number> {
  const [row] = await db
    .select({ at: min(tasks.leaseExpiresAt) })
    .from(tasks)
    .where(isLeased);
  return Math.max(row?.at ?? until, clock.now() + 1);
}

/** The caller went away while the statement ran: the next one shall not wait for the lease to lapse. */
async function putBack({ db, clock, wakeUp }: Deps, task: TaskRow): Promise<void> {
  await db
    .update(tasks)
    .set({
      status: 'ready',
      reason: 'the runner was gone before it heard of its lease',
      actor: 'control plane',
      attempts: sql`${tasks.attempts} - 1`,
      leaseExpiresAt: null,
    })
    .where(isHeld(task.id, task.fence, clock.now()));
  await wakeUp.notify('work');
}

async function toLease({ db, tempo }: Deps, task: TaskRow): Promise<Lease> {
  const { run } = await findTask(db, task.id);
  return {
    task_id: task.id,
    run_id: task.runId,
    kind: task.kind,
    source: task.source,
    fence: task.fence,
    attempt: task.attempts,
    expires_at: isoTime(task.leaseExpiresAt ?? 0),
    first_heartbeat_ms: limits.firstHeartbeatMs,
    heartbeat_ms: tempo.heartbeatMs,
    ttl_ms: tempo.leaseTtlMs,
    progress: parseProgress(task),
    next_log_seq: task.nextLogSeq,
    params: parseParams(run),
    config: parseConfig(run),
    config_revision: run.configRevision,
    requested_by: run.requestedBy,
    latest_version: await latestVersion(db),
  };
}
