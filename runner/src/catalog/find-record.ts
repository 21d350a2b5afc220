import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';
import type { KnownRecord } from './performer-record.ts';
import { performerRecords } from './schema/performers.ts';

const fields = {
  performerId: performerRecords.performerId,
  endpoint: performerRecords.endpoint,
  remoteId: performerRecords.remoteId,
  updated: performerRecords.updated,
  deleted: performerRecords.deleted,
  mergedInto: performerRecords.mergedInto,
};

/** The record of one id, tombstones included, or null. */
export async function findRecord(
  { db }: CatalogDatabase,
  endpoint: string,
  remoteId: string,
): Promise<KnownRecord | null> {
  const [row] = await db
    .select(fields)
    .from(performerRecords)
    .where(and(eq(performerRecords.endpoint, endpoint), eq(performerRecords.remoteId, remoteId)));
  return row ?? null;
}

/** Whether anybody is this performer: a decision, or a record that changed, may have made it part of another one. */
export async function hasRecords({ db }: CatalogDatabase, performerId: number): Promise<boolean> {
  const rows = await db
    .select({ id: performerRecords.id })
    .from(performerRecords)
    .where(and(eq(performerRecords.performerId, performerId), eq(performerRecords.deleted, false)))
    .limit(1);
  return rows.length > 0;
}

/** The records of one page's ids, by id; unknown ids are absent. */
export async function findRecords(
  { db }: CatalogDatabase,
  endpoint: string,
  remoteIds: string[],
): Promise<Map<string, KnownRecord>> {
  const rows = await db
    .select(fields)
    .from(performerRecords)
    .where(and(eq(performerRecords.endpoint, endpoint), inArray(performerRecords.remoteId, remoteIds)));
  return new Map(rows.map((row) => [row.remoteId, row]));
}

/** Ids that the endpoint has not deleted, in their order, after `after`: for walking through all of them in portions. */
export async function listLiveIds(
  { db }: CatalogDatabase,
  endpoint: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ remoteId: performerRecords.remoteId })
    .from(performerRecords)
    .where(
      and(
        eq(performerRecords.endpoint, endpoint),
        eq(performerRecords.deleted, false),
        gt(performerRecords.remoteId, after),
      ),
    )
    .orderBy(asc(performerRecords.remoteId))
    .limit(limit);
  return rows.map((row) => row.remoteId);
}

/** A performer that has accepted faces and no live record: no version may name it, and no run looks at it again. */
export interface PerformerWithoutRecords {
  performerId: number;
  faces: number;
  /** Its records, as `<endpoint>:<id>`: all were deleted or merged into others. */
  records: string[];
}

/** Performers with accepted faces of whom no source has a record any more. There are none in a sound catalog. */
export async function listPerformersWithoutRecords({
  db,
}: CatalogDatabase): Promise<PerformerWithoutRecords[]> {
  const rows = await db.all<{ performerId: number; faces: number; records: string | null }>(sql`
    SELECT performer_id AS performerId, count(*) AS faces,
      (SELECT group_concat(endpoint || ':' || remote_id, ' ') FROM performer_records AS record
        WHERE record.performer_id = images.performer_id) AS records
    FROM images CROSS JOIN faces ON image_id = images.id
    WHERE accepted = 1 AND NOT EXISTS (SELECT 1 FROM performer_records AS live
      WHERE live.performer_id = images.performer_id AND live.deleted = 0)
    GROUP BY performer_id ORDER BY performer_id`);
  return rows.map(({ records, ...row }) => ({ ...row, records: records?.split(' ') ?? [] }));
}
