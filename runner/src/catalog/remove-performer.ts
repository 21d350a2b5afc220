import { sql } from 'drizzle-orm';
import { absorbPerformer } from './absorb-performer.ts';
import { type CatalogDatabase, write } from './database.ts';
import { findRecord } from './find-record.ts';
import { clearLists, recordId } from './store-record.ts';

/**
 * The endpoint deleted this id. The record stays as a tombstone without its lists; when it was the performer's
 * last one, its pictures, faces and vectors go, and its labels retire. Unknown ids are no error.
 */
export async function removeRecord(
  database: CatalogDatabase,
  endpoint: string,
  remoteId: string,
): Promise<void> {
  const id = recordId(endpoint, remoteId);
  await write(database, [
    sql`UPDATE performer_records SET deleted = 1 WHERE id = ${id}`,
    ...clearLists(id),
    sql`DELETE FROM images WHERE performer_id = (SELECT performer_id FROM performer_records WHERE id = ${id})
      AND NOT EXISTS (SELECT 1 FROM performer_records AS other
        WHERE other.performer_id = images.performer_id AND other.deleted = 0)`,
  ]);
}

/**
 * The endpoint merged one id into another. When the catalog knows both, the first performer becomes part of the
 * second; when the target is not known yet, the performer is kept until the target's record arrives.
 */
export async function mergeRecords(
  database: CatalogDatabase,
  endpoint: string,
  fromId: string,
  intoId: string,
): Promise<void> {
  const from = await findRecord(database, endpoint, fromId);
  const into = await findRecord(database, endpoint, intoId);
  if (!from) return;
  const redirect = sql`UPDATE performer_records SET deleted = ${into !== null}, merged_into = ${intoId}
    WHERE endpoint = ${endpoint} AND remote_id = ${fromId}`;
  if (!into) return void (await write(database, [redirect]));
  const absorb =
    from.performerId === into.performerId ? [] : absorbPerformer(from.performerId, into.performerId);
  await write(database, [
    ...absorb,
    redirect,
    sql`INSERT OR IGNORE INTO merged_ids (record_id, merged_id) VALUES (${recordId(endpoint, intoId)}, ${fromId})`,
  ]);
}
