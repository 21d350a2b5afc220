import { asc, gt, inArray, type SQL } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { aliases, mergedIds, performerRecords, urls } from '../catalog/schema/performers.ts';
import type { IdentifyingFields } from './performer-keys.ts';

/** A performer with all that the catalog knows of who it is, deleted and merged records included. */
export interface HeldPerformer {
  id: number;
  records: HeldRecord[];
}

export interface HeldRecord extends IdentifyingFields {
  careerStartYear: number | null;
  isLive: boolean;
}

const PERFORMERS_PER_PAGE = 500;

/** All performers that have a record, by id, in pages. */
export async function* readPerformers(database: CatalogDatabase): AsyncGenerator<HeldPerformer[]> {
  for (let after = 0; ; ) {
    const ids = await database.db
      .selectDistinct({ id: performerRecords.performerId })
      .from(performerRecords)
      .where(gt(performerRecords.performerId, after))
      .orderBy(asc(performerRecords.performerId))
      .limit(PERFORMERS_PER_PAGE);
    const last = ids.at(-1);
    if (!last) return;
    after = last.id;
    yield await findPerformers(
      database,
      ids.map(({ id }) => id),
    );
  }
}

/** The performers with these ids, as far as they have records. */
export async function findPerformers(database: CatalogDatabase, ids: number[]): Promise<HeldPerformer[]> {
  const records = await readRecords(database, inArray(performerRecords.performerId, ids));
  return [...Map.groupBy(records, ({ performerId }) => performerId)].map(([id, held]) => ({
    id,
    records: held.map(({ performerId: _, ...record }) => record),
  }));
}

async function readRecords(
  { db }: CatalogDatabase,
  where: SQL,
): Promise<(HeldRecord & { performerId: number })[]> {
  const rows = await db.select().from(performerRecords).where(where).orderBy(asc(performerRecords.id));
  const ids = rows.map(({ id }) => id);
  const listed = {
    aliases: await db.select().from(aliases).where(inArray(aliases.recordId, ids)),
    urls: await db.select().from(urls).where(inArray(urls.recordId, ids)),
    merged: await db.select().from(mergedIds).where(inArray(mergedIds.recordId, ids)),
  };
  const aliasesOf = Map.groupBy(listed.aliases, ({ recordId }) => recordId);
  const urlsOf = Map.groupBy(listed.urls, ({ recordId }) => recordId);
  const mergedOf = Map.groupBy(listed.merged, ({ recordId }) => recordId);
  return rows.map((row) => ({
    performerId: row.performerId,
    endpoint: row.endpoint,
    remoteId: row.remoteId,
    name: row.name,
    country: row.country,
    birthDate: row.birthDate,
    careerStartYear: row.careerStartYear,
    isLive: !row.deleted,
    aliases: (aliasesOf.get(row.id) ?? []).map(({ alias }) => alias),
    urls: (urlsOf.get(row.id) ?? []).map(({ url }) => url),
    mergedIds: (mergedOf.get(row.id) ?? []).map(({ mergedId }) => mergedId),
  }));
}
