import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { withTombstones } from './move-records.ts';

interface Twin {
  imageId: number;
  twinId: number;
  source: string;
  url: string;
  etag: string | null;
  lastModified: string | null;
  recordId: number | null;
  pageUrl: string | null;
  rule: string | null;
}

/**
 * Statements that leave to the performer's other records what they vouch for too, before records are deleted: pictures of a
 * reference site whose page another record gives, and faces of a picture that another source showed as well and that
 * was refused as a duplicate there.
 */
export async function handOver(database: CatalogDatabase, recordIds: number[]): Promise<SQL[]> {
  const twins = await readTwins(database, recordIds);
  return [giveToOthers(recordIds), ...twins.flatMap(takePlaceOf)];
}

/**
 * Statements that drop the pictures that only deleted records listed, and all of a performer that has no record left. The
 * records are tombstones by then.
 */
export function dropPictures(recordIds: number[]): SQL[] {
  const gone = withTombstones(rowsOf(recordIds));
  return [
    sql`DELETE FROM images WHERE record_id IN (${gone})`,
    sql`DELETE FROM images WHERE performer_id IN (SELECT performer_id FROM performer_records WHERE id IN (${gone}))
      AND NOT EXISTS (SELECT 1 FROM performer_records AS other
        WHERE other.performer_id = images.performer_id AND other.deleted = 0)`,
  ];
}

/** What a reference site showed goes to the oldest record that gives the same page. */
function giveToOthers(recordIds: number[]): SQL {
  const gone = withTombstones(rowsOf(recordIds));
  return sql`UPDATE images SET record_id = heir.id FROM (
      SELECT images.id AS image, min(other.id) AS id FROM images
      JOIN performer_records AS own ON own.id = images.record_id AND own.endpoint <> images.source
      JOIN performer_records AS other ON other.performer_id = images.performer_id AND other.deleted = 0
      JOIN urls AS theirs ON theirs.record_id = other.id AND theirs.site = images.source
      JOIN urls AS ours ON ours.record_id = own.id AND ours.site = theirs.site AND ours.site_id = theirs.site_id
      WHERE own.id IN (${gone}) AND other.id NOT IN (${gone})
      GROUP BY images.id) AS heir
    WHERE images.id = heir.image`;
}

/** Pictures with the same content that another record of the performer lists, one for each picture that gave a face. */
function readTwins({ db }: CatalogDatabase, recordIds: number[]): Promise<Twin[]> {
  const gone = withTombstones(rowsOf(recordIds));
  // With min(), SQLite takes the other columns from the row that has the minimum.
  return db.all<Twin>(sql`
    SELECT mine.id AS imageId, min(twin.id) AS twinId, twin.source, twin.url, twin.etag,
      twin.last_modified AS lastModified, twin.record_id AS recordId, twin.page_url AS pageUrl, twin.rule
    FROM images AS mine JOIN images AS twin ON twin.performer_id = mine.performer_id AND twin.pack = mine.pack
      AND twin.sha256 = mine.sha256 AND twin.reason = 'duplicate_image'
    JOIN performer_records AS other ON other.id = twin.record_id AND other.deleted = 0
    WHERE mine.outcome = 'accepted' AND mine.record_id IN (${gone}) AND twin.record_id NOT IN (${gone})
    GROUP BY mine.id`);
}

/** The row with the face becomes the one that is listed, so that the face keeps its label. */
function takePlaceOf({ imageId, twinId, ...twin }: Twin): SQL[] {
  return [
    sql`DELETE FROM images WHERE id = ${twinId}`,
    sql`UPDATE images SET source = ${twin.source}, url = ${twin.url}, etag = ${twin.etag},
      last_modified = ${twin.lastModified}, record_id = ${twin.recordId}, page_url = ${twin.pageUrl},
      rule = ${twin.rule} WHERE id = ${imageId}`,
  ];
}
