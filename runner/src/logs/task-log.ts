import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem, type Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { LogLine } from '@trainer/contract/logs';
import type { LogEntry, LogSink } from './logger.ts';
import { messageOf } from './message-of.ts';

/** Lines are sent when this many wait, or after the time that the lease names, whichever comes first. */
const linesPerBatch = 200;
/** For control planes that name none, ms. */
const usualFlushMs = 250;
/** Leaves room for the numbers and the envelope. */
const bytesPerBatch = limits.jsonBodyMaxBytes - 64 * 1024;
/** What is kept while the control plane is away: some megabytes at most. Then new lines are dropped, and counted. */
const linesKept = 5_000;

type UnsentLine = Omit<LogLine, 'seq'>;

export interface TaskLogOptions {
  lease: Pick<Lease, 'task_id' | 'fence' | 'next_log_seq' | 'log_flush_ms'>;
  /** Repeats what fails, until `signal` aborts. */
  session: Call;
  signal: AbortSignal;
  /** Told when the control plane does not take lines; of a batch with one that is not valid, that one alone. */
  onRefused: (detail: string) => void;
  linesKept?: number;
}

export interface TaskLog {
  sink: LogSink;
  /** Resolves when everything written so far is stored, refused, or `signal` has aborted. Never rejects. */
  flush(): Promise<void>;
}

/**
 * Brings a task's lines to the control plane in numbered batches, without ever making the writer wait. A number is
 * given to a line only when it is sent, so that dropped lines leave no gap; a batch whose answer was lost goes out
 * again with the same numbers.
 */
export function createTaskLog({ lease, session, signal, onRefused, ...options }: TaskLogOptions): TaskLog {
  const capacity = options.linesKept ?? linesKept;
  const flushMs = lease.log_flush_ms ?? usualFlushMs;
  let waiting: UnsentLine[] = [];
  let dropped = 0;
  let nextSeq = lease.next_log_seq;
  let sending: Promise<void> | undefined;
  /** Aborted when lines need not be gathered any longer. */
  let gathering = new AbortController();
  let isUrgent = false;
  /** Lines that a batch may hold; fewer while the one line is looked for that the control plane does not take. */
  let most = linesPerBatch;

  function sink(entry: LogEntry): void {
    if (waiting.length >= capacity) {
      dropped += 1;
      return;
    }
    waiting.push(toLine(entry));
    if (waiting.length >= linesPerBatch) gathering.abort();
    sending ??= sendAll();
  }

  async function flush(): Promise<void> {
    isUrgent = true;
    gathering.abort();
    await sending;
    isUrgent = false;
  }

  /** One request at a time, and not more often than they may come, while there are lines. */
  async function sendAll(): Promise<void> {
    while (waiting.length > 0 && !signal.aborted) {
      if (!isUrgent && waiting.length < linesPerBatch) await gather();
      if (dropped > 0) waiting.push(droppedLine(dropped));
      dropped = 0;
      const batch = takeBatch(waiting, most);
      const stored = await send(batch);
      waiting = waiting.slice(stored);
    }
    sending = undefined;
  }

  async function gather(): Promise<void> {
    gathering = new AbortController();
    const ended = AbortSignal.any([gathering.signal, signal]);
    await sleep(flushMs, undefined, { signal: ended }).catch(() => {});
  }

  /** How many lines of the batch need not be sent again. */
  async function send(batch: UnsentLine[]): Promise<number> {
    const lines = batch.map((line, i) => ({ ...line, seq: nextSeq + i }));
    try {
      const { next_seq } = await session('POST /api/leases/{task}/logs', {
        params: { task: lease.task_id },
        body: { fence: lease.fence, lines },
        signal,
      });
      const stored = next_seq - nextSeq;
      nextSeq = next_seq;
      most = linesPerBatch;
      return stored > 0 ? Math.min(stored, batch.length) : batch.length;
    } catch (error) {
      if (signal.aborted || isLost(error)) return batch.length;
      if (isInvalid(error) && batch.length > 1) {
        // One line is wrong, and the others need not be lost with it.
        most = Math.ceil(batch.length / 2);
        return 0;
      }
      onRefused(
        isInvalid(error) ? `${messageOf(error)} The line was: ${beginningOf(batch[0])}` : messageOf(error),
      );
      most = linesPerBatch;
      return batch.length;
    }
  }

  return { sink, flush };
}

function toLine({ time, level, source, message, fields }: LogEntry): UnsentLine {
  const fits = JSON.stringify(fields).length <= limits.logFieldsMaxBytes;
  return {
    time: time.toISOString(),
    level,
    source,
    // SQLite readers cut text at a NUL.
    message: message.replaceAll('\0', '�').slice(0, limits.logMessageMaxLength),
    fields: fits ? fields : { left_out: 'the fields were too large' },
  };
}

/** As many lines as a body may hold, and `most`; one alone always fits. */
function takeBatch(waiting: readonly UnsentLine[], most: number): UnsentLine[] {
  const batch: UnsentLine[] = [];
  let bytes = 0;
  for (const line of waiting) {
    bytes += Buffer.byteLength(JSON.stringify(line));
    if (batch.length === most || (batch.length > 0 && bytes > bytesPerBatch)) break;
    batch.push(line);
  }
  return batch;
}

function droppedLine(count: number): UnsentLine {
  return {
    time: new Date().toISOString(),
    level: 'warn',
    source: null,
    message: `${count} log lines were dropped because the control plane could not take them in time`,
    fields: { dropped: count },
  };
}

function isInvalid(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'invalid_request';
}

/** Enough of a line to recognise it by. */
function beginningOf(line: UnsentLine | undefined): string {
  return (line?.message ?? '').slice(0, 100);
}

function isLost(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'lease_lost';
}
