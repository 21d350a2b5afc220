import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';

/** An image that could not be had or decoded, and the record that listed it. */
export interface FailedImage {
  id: number;
  remoteId: string;
  reason: string | null;
  failingSince: string | null;
  checkedAt: string;
}

/** Failed images of a source's live records, in the order of their row ids, after `after`: for walking through all in portions. */
export function failedImages(
  { db }: CatalogDatabase,
  source: string,
  pack: string,
  after: number,
  limit: number,
): Promise<FailedImage[]> {
  return db.all<FailedImage>(sql`SELECT images.id, remote_id AS remoteId, reason, failing_since AS failingSince,
      checked_at AS checkedAt
    FROM images JOIN performer_records AS record ON record.id = record_id
    WHERE outcome = 'failed' AND source = ${source} AND pack = ${pack} AND images.id > ${after}
      AND record.endpoint = ${source} AND record.deleted = 0
    ORDER BY images.id LIMIT ${limit}`);
}

/** Addresses of images that a source has served, the latest first. */
export async function servedImages(
  { db }: CatalogDatabase,
  source: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.all<{ url: string }>(sql`SELECT url FROM images
    WHERE source = ${source} AND outcome = 'accepted' ORDER BY id DESC LIMIT ${limit}`);
  return rows.map(({ url }) => url);
}
