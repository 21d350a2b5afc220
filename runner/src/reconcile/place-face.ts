import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { giveLabel } from '../catalog/store-image.ts';

interface DecidedFace {
  key: string;
  decision: 'same' | 'different' | 'drop' | null;
}

/** Faces are named by what stays when their rows do not. */
export function faceKey(face: FaceName): string {
  return `face ${face.pack} ${face.sha256 ?? ''} ${face.position} ${face.source} ${face.imageUrl}`.slice(
    0,
    300,
  );
}

interface FaceName {
  pack: string;
  sha256: string | null;
  position: number;
  source: string;
  imageUrl: string;
}

/** Statements that take a face in, or keep it out, as was decided; without a decision it is held back again. */
export async function placeFace(database: CatalogDatabase, { key, decision }: DecidedFace): Promise<SQL[]> {
  const [, pack = '', sha256 = '', position = ''] = key.split(' ');
  const rows = await database.db.all<
    FaceName & { faceId: number; performerId: number; hasVectors: number }
  >(sql`
    SELECT faces.id AS faceId, performer_id AS performerId, pack, sha256, position, source, url AS imageUrl,
      EXISTS (SELECT 1 FROM embeddings WHERE face_id = faces.id) AS hasVectors
    FROM images JOIN faces ON image_id = images.id
    WHERE sha256 = ${sha256} AND pack = ${pack} AND position = ${Number(position)}`);
  const face = rows.find((row) => faceKey(row) === key);
  if (!face) return [];
  if (decision === 'same') return face.hasVectors ? acceptFace(face.faceId, face.performerId, face.pack) : [];
  return holdBack(face.faceId, decision === null ? 'nearer_to_other' : 'dropped');
}

function acceptFace(faceId: number, performerId: number, pack: string): SQL[] {
  return [
    sql`UPDATE faces SET accepted = 1, reason = 'decided_same' WHERE id = ${faceId}`,
    sql`UPDATE images SET outcome = 'accepted', reason = NULL WHERE id = (
      SELECT image_id FROM faces WHERE id = ${faceId})`,
    ...giveLabel(sql`${faceId}`, pack, sql`${performerId}`),
  ];
}

/** Statements that take a face out of its performer, and keep its vectors for the case that it comes back. */
export function holdBack(faceId: number, reason: 'nearer_to_other' | 'dropped'): SQL[] {
  return [
    sql`UPDATE faces SET accepted = 0, reason = ${reason} WHERE id = ${faceId}`,
    sql`UPDATE labels SET face_id = NULL WHERE face_id = ${faceId}`,
    sql`UPDATE images SET outcome = 'rejected', reason = ${reason} WHERE id = (
        SELECT image_id FROM faces WHERE id = ${faceId})
      AND NOT EXISTS (SELECT 1 FROM faces WHERE image_id = images.id AND accepted = 1)`,
  ];
}
