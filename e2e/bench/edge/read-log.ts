import { setTimeout as elapsed } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import { storedLogLineSchema } from '@trainer/contract/logs';
import { readEvents } from '../../../runner/src/cli/read-events.ts';

/** One line as it reached a reader. */
export interface Arrival {
  id: number;
  message: string;
  /** By `performance.now()`. */
  at: number;
}

export interface LogReader {
  arrivals: Arrival[];
  /** How often it has come back after the end of a stream. */
  resumes: () => number;
  /** Resolves once the first stream has begun, so that every line stored from now on is its own. */
  opened: Promise<void>;
  close: () => Promise<void>;
}

/** Reads the log as a browser's EventSource does: at the end of a stream it waits as told and comes back to its place. */
export function readLog(call: Call): LogReader {
  const arrivals: Arrival[] = [];
  const closing = new AbortController();
  const opened = Promise.withResolvers<void>();
  let resumes = -1;
  let lastId: string | undefined;
  let pauseMs = 1_000;

  async function readStream(): Promise<void> {
    const { body } = await call('GET /api/logs', {
      query: { tail: 0 },
      headers: { 'last-event-id': lastId },
      signal: closing.signal,
    });
    resumes += 1;
    for await (const { id, data, retryMs } of readEvents(body ?? new ReadableStream())) {
      lastId = id ?? lastId;
      pauseMs = retryMs ?? pauseMs;
      opened.resolve();
      if (data === null) continue;
      const line = storedLogLineSchema.parse(JSON.parse(data));
      arrivals.push({ id: line.id, message: line.message, at: performance.now() });
    }
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      await readStream().catch((error: unknown) => {
        if (!closing.signal.aborted) opened.reject(error);
      });
      await elapsed(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  const ended = follow();
  return {
    arrivals,
    resumes: () => resumes,
    opened: opened.promise,
    close: () => {
      closing.abort();
      return ended;
    },
  };
}
