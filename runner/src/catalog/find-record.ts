import { and, asc, eq, gt, inArray } from 'drizzle-orm';
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
export async function liveIds(
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
