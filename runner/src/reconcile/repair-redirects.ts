import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { type RedirectTarget, resolveRedirects } from '../catalog/resolve-redirects.ts';
import { type CatalogWriter, change } from '../catalog/writer.ts';
import { dropPictures, handOver } from '../commit/drop-pictures.ts';
import { absorbPerformer, bringTombstones } from '../commit/move-records.ts';

export interface Repaired {
  /** Performers without a live record that became part of the one that their ids were merged into. */
  joined: number;
  /** Tombstones, with their pictures, that were not at the end of their redirects. */
  moved: number;
  /** Deleted records and performers whose pictures no live record vouched for. */
  emptied: number;
}

interface Stray {
  id: number;
  endpoint: string;
  remoteId: string;
}

type Live = Extract<RedirectTarget, { kind: 'live' }>;

/**
 * Brings pictures and faces that hang on merged or deleted records to where they belong: to the performer at the end of the
 * redirects, or away. Earlier runners left such after merges of merges, and after deletions at one of two stash-boxes.
 * Costs three queries where there is nothing to do.
 *
 * @throws the signal's reason, or CatalogFenced; what was repaired stays
 */
export async function repairRedirects(database: CatalogWriter, signal?: AbortSignal): Promise<Repaired> {
  const joined = await each(database, strayPerformers, joinPerformer, signal);
  const moved = await each(database, strayTombstones, moveTombstone, signal);
  const cleared = await each(database, deletedWithPictures, emptyRecord, signal);
  const dropped = await each(database, strayPerformers, emptyPerformer, signal);
  return { joined, moved, emptied: cleared + dropped };
}

/** @returns how many there were for which something had to be done */
async function each<Item>(
  database: CatalogWriter,
  find: (database: CatalogDatabase) => Promise<Item[]>,
  plan: (database: CatalogDatabase, item: Item) => Promise<SQL[]>,
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const item of await find(database)) {
    signal?.throwIfAborted();
    const results = await change(database, () => plan(database, item));
    if (results.length > 0) count += 1;
  }
  return count;
}

/** Performers with pictures, of whom no record is live. */
async function strayPerformers({ db }: CatalogDatabase): Promise<number[]> {
  const rows = await db.all<{ id: number }>(sql`
    SELECT DISTINCT performer_id AS id FROM images WHERE NOT EXISTS (
      SELECT 1 FROM performer_records AS live WHERE live.performer_id = images.performer_id AND deleted = 0)
    ORDER BY 1`);
  return rows.map(({ id }) => id);
}

/** Tombstones that do not lead to a live record of their own performer in one step. */
function strayTombstones({ db }: CatalogDatabase): Promise<Stray[]> {
  return db.all<Stray>(sql`
    SELECT gone.id, gone.endpoint, gone.remote_id AS remoteId FROM performer_records AS gone
    WHERE gone.deleted = 1 AND gone.merged_into IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM performer_records AS live WHERE live.endpoint = gone.endpoint
        AND live.remote_id = gone.merged_into AND live.deleted = 0 AND live.performer_id = gone.performer_id)
    ORDER BY gone.id`);
}

/** Deleted records that still have pictures, wherever they were merged into. */
function deletedWithPictures({ db }: CatalogDatabase): Promise<Stray[]> {
  return db.all<Stray>(sql`
    SELECT DISTINCT gone.id, gone.endpoint, gone.remote_id AS remoteId
    FROM performer_records AS gone CROSS JOIN images ON images.record_id = gone.id
    WHERE gone.deleted = 1 ORDER BY gone.id`);
}

/** The one performer that all ids of a stray performer were merged into takes everything, pictures of reference sites included. */
async function joinPerformer(database: CatalogDatabase, performerId: number): Promise<SQL[]> {
  const records = await database.db.all<Stray & { deleted: number }>(sql`
    SELECT id, endpoint, remote_id AS remoteId, deleted FROM performer_records WHERE performer_id = ${performerId}
    UNION SELECT 0, origin_endpoint, origin_id, 1 FROM performers WHERE id = ${performerId}`);
  if (records.some(({ deleted }) => deleted === 0)) return [];
  const ends = await Promise.all(
    records.map((record) => resolveRedirects(database, record.endpoint, record.remoteId)),
  );
  const homes = new Set(ends.filter(isLive).map((end) => end.performerId));
  const [home] = homes;
  return homes.size === 1 && home !== undefined && home !== performerId
    ? absorbPerformer(performerId, home)
    : [];
}

async function moveTombstone(database: CatalogDatabase, stray: Stray): Promise<SQL[]> {
  const end = await resolveRedirects(database, stray.endpoint, stray.remoteId);
  if (!isLive(end)) return [];
  return [
    ...bringTombstones([stray.id], end.performerId),
    sql`UPDATE performer_records SET merged_into = ${end.remoteId} WHERE id = ${stray.id} AND deleted = 1`,
  ];
}

async function emptyRecord(database: CatalogDatabase, stray: Stray): Promise<SQL[]> {
  const end = await resolveRedirects(database, stray.endpoint, stray.remoteId);
  if (isLive(end)) return [];
  return [...(await handOver(database, [stray.id])), ...dropPictures([stray.id])];
}

async function emptyPerformer({ db }: CatalogDatabase, performerId: number): Promise<SQL[]> {
  const live = await db.all(
    sql`SELECT 1 FROM performer_records WHERE performer_id = ${performerId} AND deleted = 0`,
  );
  return live.length > 0 ? [] : [sql`DELETE FROM images WHERE performer_id = ${performerId}`];
}

function isLive(end: RedirectTarget): end is Live {
  return end.kind === 'live';
}
