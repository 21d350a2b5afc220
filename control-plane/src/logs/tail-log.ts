import { limits } from '@trainer/shared/limits';
import type { StoredLogLine } from '@trainer/shared/logs';
import type { Deps } from '../deps.ts';
import { withCauses } from '../http/with-causes.ts';
import { idBeforeTail, type LogFilter, newestId, readLines } from './store.ts';

/** Lines held for one reader at a time: with the longest lines possible, about a megabyte. */
const PAGE_LINES = 100;
/** A browser waits this long before it comes back with `Last-Event-ID`, ms. */
const RETRY_MS = 1_000;

export interface TailRequest {
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
 * Nothing here depends on learning that the reader is gone; where the platform tells, `signal` or `cancel` end
 * the wait, elsewhere the next keep-alive does.
 */
export function tailLog(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeUp' | 'log'>,
  filter: LogFilter,
  start: number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const cancelled = new AbortController();
  const gone = AbortSignal.any([signal, cancelled.signal]);
  const next = follow(deps, filter, start, gone);
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      start: (controller) => controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`)),
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
  { db, clock, wakeUp }: Pick<Deps, 'db' | 'clock' | 'wakeUp'>,
  filter: LogFilter,
  start: number,
  gone: AbortSignal,
): () => Promise<string | null> {
  let cursor = start;
  return async function next() {
    const dueAt = clock.now() + limits.sseKeepAliveMs;
    while (!gone.aborted) {
      // Before the look, so that a line stored after it wakes the wait.
      const seen = await wakeUp.current('logs');
      const newest = await newestId(db);
      const lines =
        newest > cursor ? await readLines(db, filter, { after: cursor, newest, limit: PAGE_LINES }) : [];
      cursor = lines.length < PAGE_LINES ? Math.max(cursor, newest) : (lines.at(-1)?.id ?? cursor);
      if (lines.length > 0) return lines.map(toEvent).join('');
      const leftMs = dueAt - clock.now();
      if (leftMs <= 0) return ': keep-alive\n\n';
      if ((await wakeUp.wait('logs', seen, leftMs, gone)) === seen && !gone.aborted)
        return ': keep-alive\n\n';
    }
    return null;
  };
}

function toEvent(line: StoredLogLine): string {
  return `id: ${line.id}\ndata: ${JSON.stringify(line)}\n\n`;
}
