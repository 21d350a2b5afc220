import type { SourceEvent } from '../base/source.ts';
import type { StashBoxClient } from './client.ts';
import type { StashBoxCursor } from './cursor.ts';
import { readPages, type ScanRequest } from './read-pages.ts';
import { type ReadRow, readPerformer } from './read-performer.ts';

/** Looked at again before the last scan's beginning: for clocks that differ, and edits that were being applied. */
export const OVERLAP_MS = 3_600_000;
const PER_PAGE = 100;

export interface Listed {
  /** How many performers the box says it has. */
  count: number;
  /** How many of those told the catalog did not hold. */
  fresh: number;
  /** Somebody whom the box has; null when it listed nobody that can be read. */
  present: string | null;
}

/**
 * Every performer whose `updated` is after `since`, an hour's overlap included, newest first. There is no cursor on
 * the way: what was committed before an interruption is passed over as unchanged the next time.
 */
export async function* scanChanges(
  client: StashBoxClient,
  request: ScanRequest,
  cursor: StashBoxCursor,
  since: string,
): AsyncGenerator<SourceEvent, Listed> {
  const sinceMs = Date.parse(since) - OVERLAP_MS;
  const reported = new Set<string>();
  const listed: Listed = { count: 0, fresh: 0, present: null };
  const perPage = request.sweeps[0]?.perPage ?? PER_PAGE;
  const order = { page: 1, perPage, sort: 'UPDATED_AT', direction: 'DESC' } as const;
  for await (const page of readPages(client, order, request.signal)) {
    const read = page.rows.map((row) => readPerformer(request.source, row));
    const changed = read.filter((row) => isAfter(row, sinceMs));
    const fresh = changed.filter((row) => isNew(reported, row));
    const ids = idsOf(fresh);
    // Before any of them is told, and so committed.
    listed.fresh += ids.length - (await request.memory.heldIds(ids)).size;
    listed.count = page.count;
    listed.present ??= idsOf(read)[0] ?? null;
    const isLast = page.isLast || changed.length < read.length;
    if (isLast) yield { kind: 'total', performers: reported.size };
    for (const row of fresh) {
      if ('performer' in row) yield { kind: 'performer', performer: row.performer, cursor, scan: null };
      else yield { kind: 'unreadable', ...row };
    }
    if (isLast) return listed;
  }
  return listed;
}

function idsOf(rows: readonly ReadRow[]): string[] {
  return rows.flatMap((row) => ('performer' in row ? [row.performer.record.remoteId] : []));
}

/** A row that does not say when it changed may have changed. */
function isAfter(row: ReadRow, sinceMs: number): boolean {
  const updatedMs = 'performer' in row ? Date.parse(row.performer.record.updated ?? '') : Number.NaN;
  return Number.isNaN(updatedMs) || updatedMs >= sinceMs;
}

function isNew(reported: Set<string>, row: ReadRow): boolean {
  const before = reported.size;
  return reported.add('performer' in row ? row.performer.record.remoteId : row.what).size > before;
}
