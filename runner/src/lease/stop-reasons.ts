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

/** Resolves when `signal` aborts, at once when it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
