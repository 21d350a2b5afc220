import type { SeenIds } from '../base/find-missing.ts';
import type { SourceEvent } from '../base/source.ts';
import type { StashBoxClient } from './client.ts';
import type { FullScan, StashBoxCursor } from './cursor.ts';
import { readPages, type ScanRequest, type Sweep } from './read-pages.ts';
import { readPerformer } from './read-performer.ts';

/**
 * How a full scan walks through the box. NAME has few ties, but none is broken: rows with equal names may change places
 * between pages, so that one is missed. Another direction or page size puts the page edges elsewhere; such a sweep
 * is made only while performers are missing.
 */
export const defaultSweeps: readonly Sweep[] = [
  { direction: 'ASC', perPage: 100 },
  { direction: 'DESC', perPage: 100 },
  { direction: 'ASC', perPage: 70 },
  { direction: 'DESC', perPage: 45 },
];

/**
 * Every performer that the scan has not met yet. Goes on a page before the one that the cursor names.
 *
 * @param met whom the scan has met; grows
 * @returns how many performers the box says it has
 */
export async function* scanAll(
  client: StashBoxClient,
  request: ScanRequest,
  cursor: StashBoxCursor,
  scan: FullScan,
  seen: SeenIds,
): AsyncGenerator<SourceEvent, number> {
  let total = -1;
  for (const [number, { direction, perPage }] of request.sweeps.entries()) {
    if (number < scan.sweep) continue;
    const page = number === scan.sweep ? Math.max(1, scan.page - 1) : 1;
    const pages = readPages(client, { page, perPage, sort: 'NAME', direction }, request.signal);
    for await (const { number: pageNumber, count, rows } of pages) {
      if (count !== total) yield { kind: 'total', performers: count };
      total = count;
      const at = { ...cursor, scan: { ...scan, sweep: number, page: pageNumber } };
      yield* fresh(rows, request, at, seen);
    }
    if (seen.count() >= total) return total;
  }
  yield {
    kind: 'warning',
    message: `${total - seen.count()} of ${total} performers could not be seen, because rows moved between pages; the next full scan looks again`,
  };
  return total;
}

async function* fresh(
  rows: unknown[],
  { source, memory }: ScanRequest,
  cursor: StashBoxCursor & { scan: FullScan },
  seen: SeenIds,
): AsyncGenerator<SourceEvent> {
  const read = rows.map((row) => readPerformer(source, row));
  const ids = read.flatMap((row) => ('performer' in row ? [row.performer.record.remoteId] : []));
  const committed = await memory.seenIds(cursor.scan.id, ids);
  for (const row of read) {
    if (!('performer' in row)) {
      if (seen.isNew(row.what)) yield { kind: 'unreadable', ...row };
    } else if (!committed.has(row.performer.record.remoteId) && seen.isNew(row.performer.record.remoteId)) {
      yield { kind: 'performer', performer: row.performer, cursor, scan: cursor.scan.id };
    }
  }
}
