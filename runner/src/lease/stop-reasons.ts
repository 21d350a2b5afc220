/**
 * Why a task is asked to end early, and what becomes of its lease:
 *
 *     cancelled      a person stopped the run        the task completes as `skipped`
 *     lease_lost     somebody else has the task      it is dropped without a further word
 *     shutting_down  this runner was asked to end    the lease is released, and the task goes on elsewhere
 *     no_room        its disk is nearly full         the lease is released, and the task goes on when there is room
 */
const stopReasons = {
  cancelled: 'the run was stopped',
  lease_lost: 'the lease was lost to another runner',
  shutting_down: 'the runner is shutting down',
  no_room: 'the disk of the runner is full',
} as const;
export type StopReason = keyof typeof stopReasons;

/** The reason that a task's signals are aborted with. */
export class TaskStopped extends Error {
  override readonly name = 'TaskStopped';
  readonly reason: StopReason;

  constructor(reason: StopReason, detail: string = stopReasons[reason]) {
    super(detail);
    this.reason = reason;
  }
}

/**
 * How a runner ends, in less than the 8 s that fit into a container's stop time of 10 s:
 *
 *     0 s    `stop`    nothing new is begun; tasks finish the performer in hand
 *     5 s    `signal`  tasks drop what they are doing
 *     6 s    `abandon` tasks that have not ended are left behind, and their leases handed back
 *     7 s    `cutOff`  nothing is waited for any more; leases not handed back lapse by themselves
 */
export interface Shutdown {
  stop: AbortSignal;
  signal: AbortSignal;
  abandon: AbortSignal;
  cutOff: AbortSignal;
  begin(): void;
}

export interface ShutdownTimes {
  signalAfterMs: number;
  abandonAfterMs: number;
  cutOffAfterMs: number;
}

const containerTimes: ShutdownTimes = {
  signalAfterMs: 5_000,
  abandonAfterMs: 6_000,
  cutOffAfterMs: 7_000,
};

export function createShutdown(times: ShutdownTimes = containerTimes): Shutdown {
  const stop = new AbortController();
  const signal = new AbortController();
  const abandon = new AbortController();
  const cutOff = new AbortController();
  const reason = new TaskStopped('shutting_down');
  return {
    stop: stop.signal,
    signal: signal.signal,
    abandon: abandon.signal,
    cutOff: cutOff.signal,
    begin() {
      if (stop.signal.aborted) return;
      stop.abort(reason);
      setTimeout(() => signal.abort(reason), times.signalAfterMs).unref();
      setTimeout(() => abandon.abort(reason), times.abandonAfterMs).unref();
      setTimeout(() => cutOff.abort(reason), times.cutOffAfterMs).unref();
    },
  };
}
