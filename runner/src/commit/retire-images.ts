import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { recordId } from './store-record.ts';

/** Every image that a source has of one of its records, or of a performer (by the catalog's id) that it did not create. */
export interface ImageListing {
  source: string;
  of: { endpoint: string; remoteId: string } | number;
  urls: readonly string[];
}

/** An image that the catalog holds and its source no longer lists. */
export interface UnlistedImage {
  id: number;
  url: string;
  pack: string;
  /** Accepted faces that leave with it; 0 where another image with the same content keeps them. */
  facesLost: number;
}

/** The images of all packs that the listing leaves out. */
export function findUnlisted({ db }: CatalogDatabase, listing: ImageListing): Promise<UnlistedImage[]> {
  return db.all<UnlistedImage>(sql`SELECT gone.id, gone.url, gone.pack,
      CASE WHEN ${heirOf(listing)} IS NULL
        THEN (SELECT count(*) FROM faces WHERE image_id = gone.id AND accepted = 1) ELSE 0 END AS facesLost
    FROM images AS gone WHERE gone.id IN (${unlisted(listing)}) ORDER BY gone.id`);
}

/**
 * Statements that take out what the listing leaves out, with its faces; their labels retire. Where the same performer has the
 * same content from another address that is still listed, that image takes over faces and labels.
 */
export function retireUnlisted(listing: ImageListing): SQL[] {
  const pairs = sql`SELECT gone.id AS gone, ${heirOf(listing)} AS heir FROM images AS gone
    WHERE gone.outcome = 'accepted' AND gone.id IN (${unlisted(listing)})`;
  const heirs = sql`SELECT heir FROM (${pairs}) WHERE heir IS NOT NULL`;
  return [
    sql`DELETE FROM faces WHERE image_id IN (${heirs})`,
    sql`UPDATE faces SET image_id = (SELECT heir FROM (${pairs}) WHERE gone = faces.image_id)
      WHERE image_id IN (SELECT gone FROM (${pairs}) WHERE heir IS NOT NULL)`,
    sql`UPDATE images SET outcome = 'accepted', reason = NULL WHERE id IN (${heirs})`,
    sql`DELETE FROM images WHERE id IN (${unlisted(listing)})`,
  ];
}

/** The statement that gives a record the images it lists whose own record is gone: merged into this one, as a rule. */
export function adoptListed({ source, of, urls }: ImageListing, performer: SQL): SQL[] {
  if (typeof of === 'number' || urls.length === 0) return [];
  return [
    sql`UPDATE images SET record_id = ${recordId(of.endpoint, of.remoteId)}
      WHERE performer_id = ${performer} AND source = ${source} AND url IN (SELECT value FROM ${rowsOf(urls)})
        AND (record_id IS NULL OR record_id IN (SELECT id FROM performer_records
          WHERE performer_id = ${performer} AND deleted = 1))`,
  ];
}

function unlisted({ source, of, urls }: ImageListing): SQL {
  const owner =
    typeof of === 'number'
      ? sql`performer_id = ${of}`
      : sql`record_id = ${recordId(of.endpoint, of.remoteId)}`;
  return sql`SELECT id FROM images WHERE ${owner} AND source = ${source}
    AND url NOT IN (SELECT value FROM ${rowsOf(urls)})`;
}

/** The image that has the same content as `gone` and gave no face only because of that; NULL when there is none. */
function heirOf(listing: ImageListing): SQL {
  return sql`(SELECT min(heir.id) FROM images AS heir
    WHERE heir.performer_id = gone.performer_id AND heir.pack = gone.pack AND heir.sha256 = gone.sha256
      AND heir.reason = 'duplicate_image' AND heir.id NOT IN (${unlisted(listing)}))`;
}
