import { createSeenIds, type SeenIds } from '../base/find-missing.ts';
import type { ListRequest, SourceEvent } from '../base/source.ts';
import type { ThePornDbClient } from './client.ts';
import type { FullScan, ThePornDbCursor } from './cursor.ts';
import { findRemoved } from './find-removed.ts';
import { readPages } from './read-pages.ts';
import { readPerformer } from './read-performer.ts';
import { cutOffWarning, scanByGender } from './scan-by-gender.ts';

/**
 * Rows per page of one walk and, while performers are missing, of another: edits shift rows over the edges of pages, and
 * another size puts the edges elsewhere.
 */
export const defaultSweeps: readonly number[] = [100, 70];

export interface ScanRequest extends Pick<ListRequest, 'memory' | 'signal'> {
  sweeps: readonly number[];
  listingLimit: number;
}

/**
 * Every performer that the walk has not met yet, then those who are gone. Goes on a page before the one that it had reached.
 * Whoever is gone is looked for only after a whole walk: absence from a part says nothing.
 */
export async function* scanAll(
  client: ThePornDbClient,
  request: ScanRequest,
  cursor: ThePornDbCursor,
  walk: FullScan,
): AsyncGenerator<SourceEvent> {
  const seen = createSeenIds(await request.memory.seenCount(walk.id));
  const { sweeps, listingLimit, signal } = request;
  let total: number | null = null;
  let isCut = walk.sweep >= sweeps.length;
  for (const [sweep, perPage] of sweeps.entries()) {
    if (sweep < walk.sweep) continue;
    const page = sweep === walk.sweep ? Math.max(1, walk.page - 1) : 1;
    for await (const read of readPages(client, { page, perPage }, signal)) {
      if (read.total !== null && read.total !== total) yield { kind: 'total', performers: read.total };
      total = read.total ?? total;
      if (total === listingLimit && !isCut) {
        isCut = true;
        yield cutOffWarning(listingLimit);
      }
      yield* fresh(read.rows, request, { ...cursor, walk: { ...walk, sweep, page: read.number } }, seen);
    }
    if (seen.count() >= (total ?? 0)) {
      if (isCut) break;
      return yield* findRemoved(client, request, walk.id, seen);
    }
  }
  if (isCut) {
    const from = { sweep: walk.sweep - sweeps.length, page: walk.page };
    const toEvents = (rows: unknown[], { sweep, page }: typeof from) =>
      fresh(rows, request, { ...cursor, walk: { ...walk, sweep: sweeps.length + sweep, page } }, seen);
    return yield* scanByGender(client, from, sweeps[0] ?? 100, toEvents, signal);
  }
  yield {
    kind: 'warning',
    message: `${(total ?? 0) - seen.count()} of ${total} performers could not be seen, because rows moved between pages; the next run looks again, and until then nobody counts as gone`,
  };
}

async function* fresh(
  rows: unknown[],
  { memory }: ScanRequest,
  cursor: ThePornDbCursor & { walk: FullScan },
  seen: SeenIds,
): AsyncGenerator<SourceEvent> {
  const read = rows.map(readPerformer);
  const ids = read.flatMap((row) => ('performer' in row ? [row.performer.record.remoteId] : []));
  const committed = await memory.seenIds(cursor.walk.id, ids);
  for (const row of read) {
    if (!('performer' in row)) {
      if (seen.isNew(row.what)) yield { kind: 'unreadable', ...row };
    } else if (!committed.has(row.performer.record.remoteId) && seen.isNew(row.performer.record.remoteId)) {
      yield { kind: 'performer', performer: row.performer, cursor, scan: cursor.walk.id };
    }
  }
}
