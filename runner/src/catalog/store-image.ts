import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from './database.ts';
import type { FaceOutcome, ImageOutcome } from './image-outcome.ts';
import { vectorToBytes } from './schema/vector-blob.ts';

/**
 * Statements that make the catalog hold exactly this outcome of a picture, however often they are run. Faces
 * keep their rows, and with them their labels, by their position in the picture.
 * @param record the row id of the record that lists it, as an expression; null for one found otherwise
 */
export function storeImage(image: ImageOutcome, performer: SQL, record: SQL | null, at: string): SQL[] {
  const id = sql`(SELECT id FROM images WHERE performer_id = ${performer}
    AND source = ${image.source} AND url = ${image.url} AND pack = ${image.pack})`;
  const failingSince = image.outcome === 'failed' ? at : null;
  return [
    sql`INSERT INTO images (performer_id, source, url, pack, etag, last_modified, sha256, width, height, outcome,
        reason, checked_at, failing_since, record_id, page_url, rule)
      VALUES (${performer}, ${image.source}, ${image.url}, ${image.pack}, ${image.etag}, ${image.lastModified},
        ${image.sha256}, ${image.widthPx}, ${image.heightPx}, ${image.outcome}, ${image.reason}, ${at}, ${failingSince}, ${record ?? recordAt(image.recordRef)},
        ${image.pageUrl ?? null}, ${image.rule ?? null})
      ON CONFLICT (performer_id, source, url, pack) DO UPDATE SET etag = excluded.etag,
        last_modified = excluded.last_modified, sha256 = excluded.sha256, width = excluded.width,
        height = excluded.height, outcome = excluded.outcome, reason = excluded.reason,
        checked_at = excluded.checked_at,
        failing_since = CASE WHEN excluded.outcome = 'failed' AND images.outcome = 'failed' AND excluded.reason IS reason
          THEN coalesce(failing_since, excluded.failing_since) ELSE excluded.failing_since END, record_id = coalesce(excluded.record_id, record_id),
        page_url = coalesce(excluded.page_url, page_url), rule = coalesce(excluded.rule, rule)`,
    ...storeFaces(image, id),
    ...image.faces.flatMap((face, position) => storeFace(face, faceAt(id, position), image.pack, performer)),
  ];
}

function recordAt(ref: ImageOutcome['recordRef']): SQL {
  if (!ref) return sql`NULL`;
  return sql`(SELECT id FROM performer_records WHERE endpoint = ${ref.endpoint} AND remote_id = ${ref.remoteId})`;
}

function storeFaces({ faces }: ImageOutcome, image: SQL): SQL[] {
  const rows = faces.map(({ embeddings: _, label: __, ...face }) => face);
  return [
    sql`DELETE FROM faces WHERE image_id = ${image} AND position >= ${faces.length}`,
    sql`INSERT INTO faces (image_id, position, box, landmarks, yaw, quality, confidence, accepted, reason, distance)
      SELECT ${image}, key, value->>'box', value->>'landmarks', value->>'yaw', value->>'quality',
        value->>'confidence', value->>'accepted', value->>'reason', value->>'distance'
      FROM ${rowsOf(rows)} WHERE true
      ON CONFLICT (image_id, position) DO UPDATE SET box = excluded.box, landmarks = excluded.landmarks,
        yaw = excluded.yaw, quality = excluded.quality, confidence = excluded.confidence,
        accepted = excluded.accepted, reason = excluded.reason, distance = excluded.distance,
        compared_at = NULL`,
    sql`UPDATE labels SET face_id = NULL
      WHERE face_id IN (SELECT id FROM faces WHERE image_id = ${image} AND accepted = 0)`,
    sql`DELETE FROM embeddings WHERE face_id IN (SELECT id FROM faces WHERE image_id = ${image})`,
  ];
}

function faceAt(image: SQL, position: number): SQL {
  return sql`(SELECT id FROM faces WHERE image_id = ${image} AND position = ${position})`;
}

function storeFace(face: FaceOutcome, id: SQL, pack: string, performer: SQL): SQL[] {
  const vectors = face.embeddings.map(
    ({ model, vector }) =>
      sql`INSERT INTO embeddings (face_id, model, vector) VALUES (${id}, ${model}, ${vectorToBytes(vector)})`,
  );
  if (!face.accepted) return vectors;
  const kept = face.label === undefined ? [] : [keepLabel(face.label, id, pack, performer)];
  return [...vectors, ...kept, ...giveLabel(id, pack, performer)];
}

/** Does nothing when the label belongs to another face, or the face has one. */
function keepLabel(label: number, face: SQL, pack: string, performer: SQL): SQL {
  return sql`INSERT OR IGNORE INTO labels (pack, label, performer_id, face_id)
    VALUES (${pack}, ${label}, ${performer}, ${face})`;
}

/** A label that this performer's faces gave up comes first; otherwise the ledger grows by one. */
export function giveLabel(face: SQL, pack: string, performer: SQL): SQL[] {
  const unlabelled = sql`NOT EXISTS (SELECT 1 FROM labels WHERE face_id = ${face})`;
  return [
    sql`UPDATE labels SET face_id = ${face} WHERE pack = ${pack} AND ${unlabelled} AND label = (
      SELECT min(label) FROM labels WHERE pack = ${pack} AND performer_id = ${performer} AND face_id IS NULL)`,
    sql`INSERT INTO labels (pack, label, performer_id, face_id)
      SELECT ${pack}, coalesce((SELECT max(label) FROM labels WHERE pack = ${pack}), -1) + 1, ${performer}, ${face}
      WHERE ${unlabelled}`,
  ];
}
