import { setTimeout as elapsed } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import { type StoredLogLine, storedLogLineSchema } from '@trainer/contract/logs';
import { readEvents } from '../../runner/src/cli/read-events.ts';
import type { Book } from './book.ts';

/** After a stream that broke off, ms. */
const PAUSE_MS = 200;

export interface LogFollower {
  /** Every line, in the order in which they came. */
  lines: StoredLogLine[];
  stop(): Promise<void>;
}

/** Reads the log as it grows, and comes back with the last id it was given whenever the stream breaks. */
export function followLog(api: Call, book: Book): LogFollower {
  const lines: StoredLogLine[] = [];
  const stopped = new AbortController();
  const { signal } = stopped;
  let lastId = '0';

  async function read(): Promise<number> {
    const headers = { 'last-event-id': lastId };
    const { body } = await api('GET /api/logs', { query: {}, headers, signal });
    let pauseMs = PAUSE_MS;
    if (!body) return pauseMs;
    for await (const { id, data, retryMs } of readEvents(body)) {
      pauseMs = retryMs ?? pauseMs;
      if (data !== null) keep(storedLogLineSchema.parse(JSON.parse(data)));
      lastId = id ?? lastId;
    }
    return pauseMs;
  }

  function keep(line: StoredLogLine): void {
    const last = lines.at(-1);
    if (last && last.id >= line.id)
      book.violate(`The log's reader got line ${line.id} after line ${last.id}`);
    lines.push(line);
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await read().catch(() => PAUSE_MS);
      await elapsed(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  const followed = follow();
  return {
    lines,
    async stop() {
      stopped.abort();
      await followed;
    },
  };
}
