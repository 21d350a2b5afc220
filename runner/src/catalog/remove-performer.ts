import { type SQL, sql } from 'drizzle-orm';
import { type Identification, identifyWithout } from '../identity/identify.ts';
import { createPerformers, moveRecords } from '../identity/move-records.ts';
import { recordFindings } from '../identity/record-findings.ts';
import type { CatalogDatabase } from './database.ts';
import { clearLists, recordId } from './store-record.ts';
import { type CatalogWriter, change } from './writer.ts';

/**
 * The endpoint deleted this id. The record stays as a tombstone without its lists; when it was the performer's
 * last one, its pictures, faces and vectors go, and its labels retire. Unknown ids are no error.
 */
export async function removeRecord(
  database: CatalogWriter,
  endpoint: string,
  remoteId: string,
): Promise<void> {
  await change(database, async () => {
    const held = await rowOf(database, endpoint, remoteId);
    if (held === null) return [];
    const identity = await identifyWithout(database, held, null);
    return [
      sql`UPDATE performer_records SET deleted = 1 WHERE id = ${held}`,
      ...clearLists(sql`${held}`),
      ...(await settle(database, identity)),
      sql`DELETE FROM images WHERE performer_id = (SELECT performer_id FROM performer_records WHERE id = ${held})
        AND NOT EXISTS (SELECT 1 FROM performer_records AS other
          WHERE other.performer_id = images.performer_id AND other.deleted = 0)`,
    ];
  });
}

/**
 * The endpoint merged one id into another. When the catalog knows both, the first performer becomes part of the
 * second; when the target is not known yet, the performer is kept until the target's record arrives.
 */
export async function mergeRecords(
  database: CatalogWriter,
  endpoint: string,
  fromId: string,
  intoId: string,
): Promise<void> {
  await change(database, async () => {
    const from = await rowOf(database, endpoint, fromId);
    const into = await rowOf(database, endpoint, intoId);
    if (from === null || from === into) return [];
    const redirect = sql`UPDATE performer_records SET deleted = ${into !== null}, merged_into = ${intoId}
      WHERE endpoint = ${endpoint} AND remote_id = ${fromId}`;
    if (into === null) return [redirect];
    const identity = await identifyWithout(database, from, { recordId: into, remoteId: intoId });
    return [
      redirect,
      sql`UPDATE performer_records SET merged_into = ${intoId} WHERE endpoint = ${endpoint} AND merged_into = ${fromId}`,
      sql`INSERT OR IGNORE INTO merged_ids (record_id, merged_id) VALUES (${recordId(endpoint, intoId)}, ${fromId})`,
      ...(await settle(database, identity)),
    ];
  });
}

/** Statements that bring everyone around a change to where they belong after it. */
export async function settle(database: CatalogDatabase, identity: Identification): Promise<SQL[]> {
  const at = database.now().toISOString();
  return [
    ...createPerformers(identity, at),
    ...moveRecords(identity),
    ...(await recordFindings(database, identity, at)),
  ];
}

async function rowOf({ db }: CatalogDatabase, endpoint: string, remoteId: string): Promise<number | null> {
  const rows = await db.all<{ id: number }>(
    sql`SELECT id FROM performer_records WHERE endpoint = ${endpoint} AND remote_id = ${remoteId}`,
  );
  return rows[0]?.id ?? null;
}
