import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { KnownRecord } from '../catalog/performer-record.ts';
import { type RedirectTarget, resolveRedirects } from '../catalog/resolve-redirects.ts';
import { type CatalogWriter, change } from '../catalog/writer.ts';
import { type Identification, identifyWithout } from '../identity/identify.ts';
import { dropPictures, handOver } from './drop-pictures.ts';
import { createPerformers, moveRecords } from './move-records.ts';
import { recordFindings } from './record-findings.ts';
import { clearLists } from './store-record.ts';

/**
 * The endpoint deleted this id. The record stays as a tombstone without its lists. The pictures that only it listed go with
 * their faces and vectors, and so do all of the performer's when it was the last record; labels retire. Records that wait
 * for it are deleted with it. An id that is unknown, or whose record is a tombstone already, is no error.
 */
export async function removeRecord(
  database: CatalogWriter,
  endpoint: string,
  remoteId: string,
): Promise<void> {
  await change(database, async () => {
    const going = await liveRecords(database, endpoint, [remoteId], [remoteId]);
    return going.length === 0 ? [] : bury(database, going, null);
  });
}

/**
 * The endpoint merged one id into another. The first performer becomes part of the one at the end of the target's redirects,
 * in whatever order and however often an endpoint's merges are told. While that end is not known, the
 * performer is kept until its record arrives; when it was deleted, this one is deleted too. A tombstone stays where it is: an id
 * is merged once, and what becomes of its target is told of the target.
 */
export async function mergeRecords(
  database: CatalogWriter,
  endpoint: string,
  fromId: string,
  intoId: string,
): Promise<void> {
  await change(database, async () => {
    const from = await findRecord(database, endpoint, fromId);
    const end = await resolveRedirects(database, endpoint, intoId);
    if (from?.deleted || end.remoteId === fromId) return [];
    // Others may wait for the very record that is merged away now, whether or not it ever arrived.
    const going = (await liveRecords(database, endpoint, [fromId], [fromId, intoId])).filter(
      ({ remoteId }) => remoteId !== end.remoteId,
    );
    if (end.kind === 'live') return join(database, endpoint, fromId, going, end);
    if (going.length === 0) return [];
    if (end.kind === 'gone') return bury(database, going, end.remoteId);
    return [redirect(going, end.remoteId, { deleted: false })];
  });
}

type Going = Pick<KnownRecord, 'remoteId'> & { id: number };

/** Statements that make live records tombstones of another one, and their performers a part of its performer. */
async function join(
  database: CatalogDatabase,
  endpoint: string,
  fromId: string,
  going: Going[],
  end: Extract<RedirectTarget, { kind: 'live' }>,
): Promise<SQL[]> {
  const names = [fromId, ...going.map(({ remoteId }) => remoteId)];
  const listed = new Set([end.remoteId, ...(await idsListedBy(database, end.recordId))]);
  const led = [...new Set([...names, ...(await idsLedTo(database, endpoint, names))])];
  const mergedIds = led.filter((id) => !listed.has(id));
  if (going.length === 0 && mergedIds.length === 0) return [];
  const ids = going.map(({ id }) => id);
  const identity = await identifyWithout(database, ids, { recordId: end.recordId, mergedIds });
  return [
    redirect(going, end.remoteId, { deleted: true }),
    sql`INSERT OR IGNORE INTO merged_ids (record_id, merged_id)
      SELECT ${end.recordId}, value FROM ${rowsOf(mergedIds)}`,
    ...(await settle(database, identity)),
    // Afterwards: tombstones are found by the record that they led to, and move with it.
    sql`UPDATE performer_records SET merged_into = ${end.remoteId} WHERE endpoint = ${endpoint}
      AND deleted = 1 AND merged_into IN (SELECT value FROM ${rowsOf(going.map(({ remoteId }) => remoteId))})`,
  ];
}

/** Statements that delete live records for good. `target`: what they were merged into before that was deleted. */
async function bury(database: CatalogDatabase, going: Going[], target: string | null): Promise<SQL[]> {
  const ids = going.map(({ id }) => id);
  const identity = await identifyWithout(database, ids, null);
  return [
    ...(await handOver(database, ids)),
    redirect(going, target, { deleted: true }),
    ...ids.flatMap((id) => clearLists(sql`${id}`)),
    ...(await settle(database, identity)),
    ...dropPictures(ids),
  ];
}

function redirect(going: Going[], target: string | null, { deleted }: { deleted: boolean }): SQL {
  return sql`UPDATE performer_records SET deleted = ${deleted}, merged_into = ${target}
    WHERE id IN (SELECT value FROM ${rowsOf(going.map(({ id }) => id))})`;
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

/** Live records of these ids, and those that wait for one of `targets` to arrive. */
function liveRecords(
  { db }: CatalogDatabase,
  endpoint: string,
  remoteIds: string[],
  targets: string[],
): Promise<Going[]> {
  return db.all(sql`SELECT id, remote_id AS remoteId FROM performer_records
    WHERE endpoint = ${endpoint} AND deleted = 0 AND remote_id IN (SELECT value FROM ${rowsOf(remoteIds)})
    UNION SELECT id, remote_id FROM performer_records
    WHERE endpoint = ${endpoint} AND deleted = 0 AND merged_into IN (SELECT value FROM ${rowsOf(targets)})`);
}

/** Ids that were merged into these. */
async function idsLedTo({ db }: CatalogDatabase, endpoint: string, remoteIds: string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`SELECT remote_id AS id FROM performer_records
    WHERE endpoint = ${endpoint} AND merged_into IN (SELECT value FROM ${rowsOf(remoteIds)})`);
  return rows.map(({ id }) => id);
}

async function idsListedBy({ db }: CatalogDatabase, recordId: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`SELECT merged_id AS id FROM merged_ids WHERE record_id = ${recordId}`,
  );
  return rows.map(({ id }) => id);
}
