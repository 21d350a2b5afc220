import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';

/** Where the merges of an endpoint lead to from one id. */
export type RedirectTarget =
  /** A record that the endpoint still has, as far as the catalog knows. */
  | { kind: 'live'; remoteId: string; recordId: number; performerId: number }
  /** An id that the catalog has never held. */
  | { kind: 'unknown'; remoteId: string }
  /** A record that was deleted for good. */
  | { kind: 'gone'; remoteId: string };

interface Step {
  recordId: number | null;
  performerId: number | null;
  deleted: number | null;
  mergedInto: string | null;
  /** A live record that says that the id became it. */
  lister: string | null;
}

/**
 * Follows `merged_into`, and what live records say was merged into them, from an id to the end. A live record's own list
 * comes first, because it is what the endpoint said last. Redirects that lead in a circle end nowhere (`gone`).
 */
export async function resolveRedirects(
  { db }: CatalogDatabase,
  endpoint: string,
  remoteId: string,
): Promise<RedirectTarget> {
  const met = new Set<string>();
  for (let at = remoteId; ; ) {
    if (met.has(at)) return { kind: 'gone', remoteId: at };
    met.add(at);
    const { recordId, performerId, deleted, mergedInto, lister } = await db.get<Step>(sql`
      SELECT record.id AS recordId, performer_id AS performerId, deleted, merged_into AS mergedInto,
        (SELECT min(live.remote_id) FROM merged_ids JOIN performer_records AS live ON live.id = record_id
          WHERE merged_id = wanted.id AND live.endpoint = ${endpoint} AND live.deleted = 0
            AND live.remote_id <> wanted.id) AS lister
      FROM (SELECT ${at} AS id) AS wanted
      LEFT JOIN performer_records AS record ON record.endpoint = ${endpoint} AND record.remote_id = wanted.id`);
    if (recordId !== null && performerId !== null && deleted === 0) {
      return { kind: 'live', remoteId: at, recordId, performerId };
    }
    const next = lister ?? mergedInto;
    if (next === null) return { kind: recordId === null ? 'unknown' : 'gone', remoteId: at };
    at = next;
  }
}
