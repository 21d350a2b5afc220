import { limits } from '@trainer/contract/limits';
import type { StoredLogLine } from '@trainer/contract/logs';
import type { Caller } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { withCauses } from '../http/with-causes.ts';
import { isStillLetIn } from '../tokens/store.ts';
import { idBeforeTail, type LogFilter, newestId, readLines } from './store.ts';

/** Lines held for one reader at a time: with the longest lines possible, about a megabyte. */
const PAGE_LINES = 100;
/** A browser waits this long before it comes back with `Last-Event-ID`, ms. */
const RETRY_MS = 1_000;
/** The same after a stream that reached its query limit, ms. */
const RECONNECT_MS = 20;

/** A reader and its position. */
interface Stream {
  filter: LogFilter;
  /** Lines after this id. */
  start: number;
  reader: Pick<Caller, 'tokenId' | 'sessionHash' | 'expiresAt'>;
}

interface TailRequest {
  filter: LogFilter;
  /** Begin with this many past lines, unless `afterId` is given. */
  tail: number;
  /** The last line the reader has seen. */
  afterId: number | null;
}

/** Where a reader begins: after the line with this id. An id from the future (another database) means now. */
export async function startOfTail({ db }: Pick<Deps, 'db'>, request: TailRequest): Promise<number> {
  const newest = await newestId(db);
  if (request.afterId !== null) return Math.min(request.afterId, newest);
  return request.tail === 0 ? newest : idBeforeTail(db, request.filter, request.tail, newest);
}

/**
 * The log as an event stream, from the line after `cursor` on and then as lines come. A page is read from the
 * database when the reader has taken the one before, so a slow reader costs one page, however much it is behind.
 *
 * The stream does not depend on disconnect detection: where the platform has it, `signal` or `cancel` end the wait, elsewhere the
 * next keep-alive does. Every query also checks that the reader's token or session is still valid, so the stream ends at most one
 * keep-alive interval after a revocation, a logout or an expiry.
 */
export function tailLog(
  deps: Pick<Deps, 'db' | 'clock' | 'notifier' | 'log' | 'timings'>,
  { signal, ...stream }: Stream & { signal: AbortSignal },
): ReadableStream<Uint8Array> {
  const { start } = stream;
  const cancelled = new AbortController();
  const gone = AbortSignal.any([signal, cancelled.signal]);
  const next = follow(deps, stream, gone);
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      start: (controller) => controller.enqueue(encoder.encode(toMark(start, RETRY_MS))),
      async pull(controller) {
        const text = await next().catch((error: unknown) => {
          deps.log('error', `A log stream ended: ${withCauses(error)}`);
          return null;
        });
        if (cancelled.signal.aborted) return;
        if (text === null) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel: () => cancelled.abort(),
    },
    { highWaterMark: 0 },
  );
}

/** Answers, each time it is called, with the stream's next piece as soon as there is one; null at its end. */
function follow(
  { db, clock, notifier, timings }: Pick<Deps, 'db' | 'clock' | 'notifier' | 'timings'>,
  { filter, start, reader }: Stream,
  gone: AbortSignal,
): () => Promise<string | null> {
  let cursor = start;
  let queries = 0;
  let queriedAt = Number.NEGATIVE_INFINITY;
  /** The last notification number; null before the first query, and while there is more to read. */
  let seen: number | null = null;

  /** Null when the reader is no longer authorized. */
  async function query(): Promise<StoredLogLine[] | null> {
    const restMs = queriedAt + timings.logStreamBatchMs - clock.now();
    if (restMs > 0) await clock.sleep(restMs, gone);
    // Read before the query, so that a line stored after it ends the wait.
    seen ??= await notifier.current('logs');
    queries += 1;
    queriedAt = clock.now();
    const condition = isStillLetIn(db, reader, queriedAt);
    const { lines, newest, holds } = await readLines(db, filter, {
      after: cursor,
      limit: PAGE_LINES,
      condition,
    });
    if (!holds) return null;
    const isAll = lines.length < PAGE_LINES;
    cursor = isAll ? Math.max(cursor, newest) : (lines.at(-1)?.id ?? cursor);
    if (!isAll) seen = null;
    return lines;
  }

  return async function next() {
    if (queries > timings.checksPerStream) return null;
    const dueAt = Math.min(clock.now() + limits.sseKeepAliveMs, reader.expiresAt ?? Number.POSITIVE_INFINITY);
    while (!gone.aborted) {
      if (seen !== null) seen = await notifier.wait('logs', seen, Math.max(0, dueAt - clock.now()), gone);
      if (gone.aborted) return null;
      if (queries >= timings.checksPerStream) {
        queries += 1;
        return toMark(cursor, RECONNECT_MS);
      }
      // Also without a notification: a lost one is made up for by the next keep-alive.
      const lines = await query();
      if (lines === null) return null;
      if (lines.length > 0) return lines.map(toEvent).join('');
      if (clock.now() >= dueAt) return ': keep-alive\n\n';
    }
    return null;
  };
}

/** Sends the reader its position, so that it resumes there even if it received no line. */
function toMark(cursor: number, retryMs: number): string {
  return `retry: ${retryMs}\nid: ${cursor}\n\n`;
}

function toEvent(line: StoredLogLine): string {
  return `id: ${line.id}\ndata: ${JSON.stringify(line)}\n\n`;
}
