import { setTimeout as sleep } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { refOf } from '../identity/record-node.ts';
import type { HeldPerformer } from './read-performers.ts';

/** Tables in which records are named by text, because what they say of a pair outlives the rows of both. */
const PAIRS = ['links', 'conflicts', 'reviews', 'decisions'];

/**
 * Statements after which the catalog holds nothing of a performer: records with their lists, images, faces and vectors go.
 * An empty row stays for the labels, which are retired with it and never given to somebody else. Read-back of a deleted row
 * is impossible once `scrubFile` has run.
 */
export function forgetPerformer({ id, records }: HeldPerformer): SQL[] {
  const refs = rowsOf(records.map(({ endpoint, remoteId }) => refOf(endpoint, remoteId)));
  return [
    ...PAIRS.map(
      (table) => sql`DELETE FROM ${sql.identifier(table)}
        WHERE first IN (SELECT value FROM ${refs}) OR second IN (SELECT value FROM ${refs})`,
    ),
    sql`DELETE FROM images WHERE performer_id = ${id}`,
    // Rows of performers that became part of this one still have the names of where they came from.
    sql`UPDATE performers SET origin_endpoint = 'forgotten', origin_id = CAST(id AS TEXT), created_at = ''
      WHERE id = ${id} OR (origin_endpoint, origin_id) IN (
        SELECT endpoint, remote_id FROM performer_records WHERE performer_id = ${id})`,
    sql`DELETE FROM performer_records WHERE performer_id = ${id}`,
  ];
}

/** The statement that counts a performer about to be forgotten, with its faces, for an exclusion. Comes first. */
export function countPerformer(exclusion: number, performer: number): SQL {
  const held = sql`(SELECT count(*) FROM labels WHERE performer_id = ${performer} AND face_id IS NOT NULL)`;
  return countRemoval(exclusion, sql`1`, held);
}

/** The same for the faces of images that are about to be forgotten. */
export function countFaces(exclusion: number, images: readonly number[]): SQL {
  const held = sql`(SELECT count(*) FROM labels JOIN faces ON faces.id = face_id
    WHERE image_id IN (SELECT value FROM ${rowsOf(images)}))`;
  return countRemoval(exclusion, sql`0`, held);
}

function countRemoval(exclusion: number, performers: SQL, faces: SQL): SQL {
  return sql`INSERT INTO exclusion_counts (exclusion_id, performers, faces)
    VALUES (${exclusion}, ${performers}, ${faces}) ON CONFLICT (exclusion_id) DO UPDATE
    SET performers = performers + excluded.performers, faces = faces + excluded.faces`;
}

const CHECKPOINT_TRIES = 20;
const CHECKPOINT_PAUSE_MS = 50;

/**
 * Takes what was deleted out of the catalog's files: freed pages are zeroed (`secure_delete`), and the write-ahead log, which
 * still has the old ones, is emptied into the file and cut to nothing. A libSQL server may leave that to nobody: then it is the
 * server's own affair.
 *
 * @returns false when another process kept reading: the log is then emptied at a later time
 */
export async function scrubFile({ client }: CatalogDatabase): Promise<boolean> {
  for (let tries = 0; tries < CHECKPOINT_TRIES; tries++) {
    const { rows } = await client.execute('PRAGMA wal_checkpoint(TRUNCATE)').catch((error: unknown) => {
      if (client.protocol === 'file') throw error;
      return { rows: [] };
    });
    if (Number(rows[0]?.busy ?? 0) === 0) return true;
    await sleep(CHECKPOINT_PAUSE_MS);
  }
  return false;
}
