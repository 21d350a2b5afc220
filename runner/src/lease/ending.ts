import type { LogLevel } from '@trainer/contract/logs';
import { fullDisk } from '@trainer/libsql/sqlite/errors';
import type { Redact } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { TaskStopped } from './stop-reasons.ts';
import type { Task, TaskResult } from './task.ts';

const reasonMaxLength = 2_000;
const releaseReasonMaxLength = 500;

/** What becomes of a lease, and what the log says about it. */
export type Ending = { level: LogLevel; said: string } & (
  | { kind: 'complete'; outcome: 'done' | 'failed' | 'skipped'; reason: string | null; paused?: true }
  | { kind: 'release'; reason: string; againInS?: number }
  | { kind: 'drop' }
);

/**
 * Decides from how the task's function ended and from why it was stopped, if it was.
 *
 * @param shortage why this runner takes no work at the moment, or null
 */
export function endingOf(
  result: PromiseSettledResult<TaskResult>,
  { stop, signal }: Pick<Task, 'stop' | 'signal'>,
  redact: Redact,
  shortage: string | null = null,
): Ending {
  const stopped: unknown = stop.reason;
  const thrown: unknown = result.status === 'rejected' ? result.reason : undefined;
  const lost = [stopped, signal.reason, thrown].find(isLost);
  if (lost) return { kind: 'drop', level: 'warn', said: `was dropped: ${lost.message}` };
  if (result.status === 'rejected') {
    if (stopped instanceof TaskStopped && (signal.aborted || isBecauseOf(result.reason, stopped)))
      return earlyEnd(stopped);
    // While the disk stays full, nobody begins the task again; if it is not full any more, the task itself was what filled it.
    const full = shortage === null ? null : fullDisk(result.reason);
    return full === null
      ? failure(result.reason, redact)
      : earlyEnd(new TaskStopped('no_room', redact(full)));
  }
  const { value } = result;
  if (value.outcome === 'done')
    return { kind: 'complete', outcome: 'done', reason: null, level: 'info', said: 'is done' };
  if (value.outcome === 'skipped') return skip(redact(value.reason));
  if (value.outcome === 'paused') return pause(redact(value.reason));
  if (value.outcome === 'waiting') {
    const { reason, againInS } = value;
    return { kind: 'release', reason, againInS, level: 'info', said: `is handed back: ${reason}` };
  }
  if (stopped instanceof TaskStopped) return earlyEnd(stopped);
  return failure(new Error('The task ended early although nobody had stopped it'), redact);
}

/** Libraries wrap the reason of a signal, or throw an error of their own in its place. */
function isBecauseOf(error: unknown, stopped: TaskStopped): boolean {
  if (!(error instanceof Error)) return false;
  return error === stopped || error.name === 'AbortError' || isBecauseOf(error.cause, stopped);
}

/** The control plane said so, or the catalog. */
function isLost(reason: unknown): reason is TaskStopped {
  return reason instanceof TaskStopped && reason.reason === 'lease_lost';
}

function earlyEnd(stopped: TaskStopped): Ending {
  if (stopped.reason === 'cancelled') return skip(stopped.message);
  return {
    kind: 'release',
    reason: stopped.message.slice(0, releaseReasonMaxLength),
    level: 'info',
    said: `is handed back: ${stopped.message}`,
  };
}

function skip(reason: string): Ending {
  return {
    kind: 'complete',
    outcome: 'skipped',
    reason: cut(reason),
    level: 'info',
    said: `was skipped: ${reason}`,
  };
}

function pause(reason: string): Ending {
  return {
    kind: 'complete',
    outcome: 'failed',
    reason: cut(reason),
    paused: true,
    level: 'error',
    said: `is paused until somebody has looked at it: ${reason}`,
  };
}

function failure(error: unknown, redact: Redact): Ending {
  const reason = cut(redact(messageOf(error)) || 'it failed without a word');
  return { kind: 'complete', outcome: 'failed', reason, level: 'error', said: `failed: ${reason}` };
}

function cut(reason: string): string {
  return reason.replaceAll('\0', '').slice(0, reasonMaxLength);
}
