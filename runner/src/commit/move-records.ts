import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import type { Assigned } from '../identity/assign-performers.ts';
import type { Identification } from '../identity/identify.ts';

/** A performer as an expression: it may be made by the same transaction. */
export function performerOf({ performerId, origin }: Assigned): SQL {
  if (performerId !== null) return sql`${performerId}`;
  return sql`(SELECT id FROM performers
    WHERE origin_endpoint = ${origin.endpoint} AND origin_id = ${origin.remoteId})`;
}

/** Makes the performers that are new. Comes before everything that names them. */
export function createPerformers({ clusters }: Identification, at: string): SQL[] {
  return clusters
    .filter(({ performerId }) => performerId === null)
    .map(
      ({ origin }) => sql`INSERT INTO performers (origin_endpoint, origin_id, created_at)
        VALUES (${origin.endpoint}, ${origin.remoteId}, ${at}) ON CONFLICT DO NOTHING`,
    );
}

/** Gives a performer that is about to be made an id of its own, unless somebody has it. Comes before `createPerformers`. */
export function keepPerformerId({ performerId, origin }: Assigned, id: number, at: string): SQL[] {
  if (performerId !== null) return [];
  return [
    sql`INSERT OR IGNORE INTO performers (id, origin_endpoint, origin_id, created_at)
      VALUES (${id}, ${origin.endpoint}, ${origin.remoteId}, ${at})`,
  ];
}

/**
 * Statements that bring every record, with its images, faces and labels, to its performer. Images that no record vouches for
 * go when their performer parts: nobody can say whose they are, and looking them up again is cheaper than a wrong face.
 */
export function moveRecords({ clusters, ghosts, absorbed, parted }: Identification): SQL[] {
  return [
    ...parted.map(dropUnowned),
    ...clusters.flatMap((cluster) => gather(cluster, ghosts)),
    ...absorbed.flatMap(({ performerId, into }) => absorbPerformer(performerId, into)),
  ];
}

function gather(cluster: Assigned, ghosts: Identification['ghosts']): SQL[] {
  const after = [...ghosts].filter(([, into]) => cluster.nodes.includes(into)).map(([ghost]) => ghost);
  const strangers = [...cluster.nodes, ...after].filter(
    ({ recordId, performerId }) => recordId !== null && performerId !== cluster.performerId,
  );
  if (strangers.length === 0) return [];
  const ids = rowsOf(strangers.map(({ recordId }) => recordId));
  return bring(withTombstones(ids), performerOf(cluster));
}

/** Statements that bring records, with their images, faces and labels, to a performer. */
function bring(records: SQL, target: SQL): SQL[] {
  return [
    sql`UPDATE OR IGNORE images SET performer_id = ${target} WHERE record_id IN (${records})`,
    sql`UPDATE labels SET performer_id = ${target} WHERE face_id IN (SELECT faces.id FROM faces
      JOIN images ON images.id = image_id WHERE record_id IN (${records}) AND images.performer_id = ${target})`,
    // What could not move is there already.
    sql`DELETE FROM images WHERE record_id IN (${records}) AND performer_id <> ${target}`,
    sql`UPDATE performer_records SET performer_id = ${target} WHERE id IN (${records})`,
  ];
}

/** Statements that bring tombstones, and those that lead to them, to a performer that has the record they lead to. */
export function bringTombstones(recordIds: number[], performerId: number): SQL[] {
  return bring(withTombstones(rowsOf(recordIds)), sql`${performerId}`);
}

/** Records with the tombstones that lead to them: those go where the record goes that took their place. */
export function withTombstones(ids: SQL): SQL {
  return sql`WITH RECURSIVE going (id) AS (SELECT value FROM ${ids}
    UNION SELECT gone.id FROM going CROSS JOIN performer_records AS here ON here.id = going.id
      CROSS JOIN performer_records AS gone ON gone.endpoint = here.endpoint AND gone.merged_into = here.remote_id
    WHERE gone.deleted = 1) SELECT id FROM going`;
}

/**
 * Makes what is left of one performer part of another: tombstones, images without a record, labels. Images that the other one
 * has already are dropped; their labels retire to the same performer.
 */
export function absorbPerformer(from: number, into: number): SQL[] {
  return [
    sql`UPDATE OR IGNORE images SET performer_id = ${into} WHERE performer_id = ${from}`,
    sql`DELETE FROM images WHERE performer_id = ${from}`,
    sql`UPDATE labels SET performer_id = ${into} WHERE performer_id = ${from}`,
    sql`UPDATE performer_records SET performer_id = ${into} WHERE performer_id = ${from}`,
  ];
}

function dropUnowned(performer: number): SQL {
  return sql`DELETE FROM images WHERE performer_id = ${performer} AND (record_id IS NULL OR record_id IN (
    SELECT id FROM performer_records WHERE performer_id = ${performer} AND deleted = 1 AND merged_into IS NULL))`;
}
