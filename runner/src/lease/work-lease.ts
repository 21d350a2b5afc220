import { aborted } from '@trainer/async/aborted';
import { ApiProblem, type Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { Progress } from '@trainer/contract/progress';
import type { Logger, Redact } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { createTaskLog } from '../logs/task-log.ts';
import { whileWorking } from '../work/current-work.ts';
import { type Ending, endingOf } from './ending.ts';
import type { Heartbeat } from './heartbeat.ts';
import { type Shutdown, TaskStopped } from './stop-reasons.ts';
import type { RunTask, TaskResult } from './task.ts';

/** Of the control plane's patience with a stop: for hearing of it late, and for the answer's way back, ms. */
const stopMarginMs = 5_000;
/**
 * A task's last lines get this long. While the control plane is away, the lease is lost earlier, and the lines with it; so this is
 * for lines that something in between will not let pass, and that must not hold up the run.
 */
const flushWithinMs = 60_000;

export interface WorkLeaseDeps {
  session: Call;
  heartbeat: Heartbeat;
  runTask: RunTask;
  shutdown: Shutdown;
  log: Logger;
  redact: Redact;
  /** Why this runner takes no work at the moment, or null; asked often. */
  shortage?: () => string | null;
  /** Tells a task's log of an uncaught error that ended this runner while it worked on the task. */
  reportCrash?: (lease: Lease, log: Logger) => void;
  /** How long a task's last log lines may take, ms. */
  flushWithinMs?: number;
}

export interface LeasedWork {
  /** Resolves when the lease has ended, one way or the other. Never rejects. */
  ended: Promise<void>;
  /** Somebody else has the task. */
  lose(detail: string): void;
  /** The disk is nearly full: the task is handed back after the performer in hand. */
  pause(detail: string): void;
}

/**
 * Works one lease from the first heartbeat to its completion or release. The task's function begins when the first heartbeat was
 * answered, so that no work is done under a lease that has lapsed already, and when `previous` has ended, which is this
 * runner's earlier work on the same task.
 */
export function workLease(lease: Lease, deps: WorkLeaseDeps, previous?: Promise<void>): LeasedWork {
  const { session, heartbeat, shutdown, log } = deps;
  const held = {
    taskId: lease.task_id,
    fence: lease.fence,
    heartbeatMs: lease.heartbeat_ms,
    ttlMs: lease.ttl_ms,
  };
  /** After a stop, the task gets this long for the performer in hand, so that its answer beats the control plane's own end. */
  const finishWithinMs = Math.max(stopMarginMs, limits.stopGraceMs - lease.heartbeat_ms - stopMarginMs);
  const stop = new AbortController();
  const abort = new AbortController();
  const gone = new AbortController();
  const beaten = Promise.withResolvers<void>();
  let progress = lease.progress;

  function halt(reason: TaskStopped): void {
    stop.abort(reason);
    setTimeout(() => abort.abort(reason), finishWithinMs).unref();
  }
  function lose(detail: string): void {
    const reason = new TaskStopped('lease_lost', detail);
    for (const controller of [stop, abort, gone]) controller.abort(reason);
  }

  function pause(detail: string): void {
    // A version is written by one task at a time, and what it has written so far would be lost: it may still fit.
    if (lease.kind !== 'publish' && !stop.signal.aborted) halt(new TaskStopped('no_room', detail));
  }

  /** Ends with the lease, and with the runner's patience when it shuts down. */
  const over = AbortSignal.any([gone.signal, shutdown.cutOff]);
  const taskLog = createTaskLog({
    lease,
    session,
    signal: over,
    onRefused: (detail) => log.warn(`The run's log does not take lines of ${lease.task_id}: ${detail}`),
  });
  const task = {
    lease,
    stop: AbortSignal.any([stop.signal, shutdown.stop]),
    signal: AbortSignal.any([abort.signal, shutdown.signal]),
    report: (figures: Progress) => {
      progress = figures;
      heartbeat.report(lease.task_id, figures);
    },
    log: log.from(lease.source).into(taskLog.sink),
  };

  async function run(): Promise<Ending> {
    await previous;
    const result = await untilAbandoned(attempt(), shutdown.abandon);
    return endingOf(result, task, deps.redact, deps.shortage?.());
  }

  async function attempt(): Promise<TaskResult> {
    await Promise.race([beaten.promise, aborted(task.stop)]);
    task.stop.throwIfAborted();
    deps.reportCrash?.(lease, task.log);
    return whileWorking(lease, () => deps.runTask(task));
  }

  async function end(ending: Ending): Promise<void> {
    // The run's log gets this from the control plane, once it is true.
    log.from(lease.source)[ending.level](`Task ${lease.task_id} ${ending.said}`);
    const patience = AbortSignal.any([
      shutdown.abandon,
      AbortSignal.timeout(deps.flushWithinMs ?? flushWithinMs),
    ]);
    await Promise.race([taskLog.flush(), aborted(patience)]);
    if (ending.kind !== 'drop') await report(ending);
  }

  async function report(ending: Exclude<Ending, { kind: 'drop' }>): Promise<void> {
    const params = { task: lease.task_id };
    const { fence } = lease;
    const release = (reason: string, figures?: Progress, againInS?: number) =>
      session('POST /api/leases/{task}/release', {
        params,
        body: { fence, reason, progress: figures, again_in_s: againInS },
        signal: over,
      });
    if (ending.kind === 'release') return release(ending.reason, progress, ending.againInS);
    const { outcome, reason, paused } = ending;
    try {
      await session('POST /api/leases/{task}/complete', {
        params,
        body: { fence, outcome, reason, paused, progress },
        signal: over,
      });
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'impossible_report')) throw error;
      log.error(`The control plane refuses the result of ${lease.task_id}: ${error.message}`);
      await release(`its result was refused: ${error.message}`.slice(0, 500));
    }
  }

  heartbeat.hold(held, {
    onBeaten: beaten.resolve,
    onStop: () => halt(new TaskStopped('cancelled')),
    onLost: lose,
  });
  const ended = run()
    .then(end)
    .catch((error: unknown) => {
      if (!over.aborted) log.error(`The end of ${lease.task_id} could not be reported: ${messageOf(error)}`);
    })
    .finally(() => heartbeat.drop(held));
  return { ended, lose, pause };
}

/** A task that does not heed its signals is left behind when the runner has to go. */
async function untilAbandoned(
  result: Promise<TaskResult>,
  abandon: AbortSignal,
): Promise<PromiseSettledResult<TaskResult>> {
  const abandoned = aborted(abandon).then((): never => {
    throw abandon.reason;
  });
  const [settled] = await Promise.allSettled([Promise.race([result, abandoned])]);
  return settled;
}
