import type { Lease } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import type { Logger } from '../logs/logger.ts';

/**
 * What a task's function is handed. It knows nothing of leases beyond this:
 *
 * - `stop` aborts first: begin nothing new, finish and commit the performer in hand, return `stopped`.
 * - `signal` aborts when there is no time left for that: throw at once. It never aborts before `stop`.
 *
 * Both abort with a `TaskStopped`, whose `reason` says why.
 */
export interface Task {
  /** What to do: kind, source, parameters, configuration, and the progress to go on counting from. */
  lease: Lease;
  stop: AbortSignal;
  signal: AbortSignal;
  /** Absolute figures, as often as they change: they travel with the next heartbeat. */
  report: (progress: Progress) => void;
  /** Lines go to the runner's output and to the run's log. */
  log: Logger;
}

/**
 * `stopped`: ended early because of `stop`. `paused`: the source no longer yields what it did, and nothing more is asked of it
 * until somebody has looked. `waiting`: through for now, handed back, and wanted again after that time. Whatever a task throws makes it `failed`, with that message.
 */
export type TaskResult =
  | { outcome: 'done' }
  | { outcome: 'stopped' }
  | { outcome: 'waiting'; reason: string; againInS: number }
  | { outcome: 'paused'; reason: string }
  | { outcome: 'skipped'; reason: string };

export type RunTask = (task: Task) => Promise<TaskResult>;
