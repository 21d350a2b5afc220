import type { Attempt, Explanation } from '@trainer/contract/questions';
import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { clampDistance } from '../faces/unit-vector.ts';

type ExplainedFace = Explanation['performers'][number]['faces'][number];

const FACES_MAX = 500;
const ATTEMPTS_MAX = 100;

/** Why a face was taken or not, by the reason that is stored with it. */
const REASONS: { [reason: string]: string } = {
  high_trust: 'its source is trusted, and it passed the quality filters',
  matched_existing: 'it matches a face that the performer had already',
  dominant_cluster: 'it belongs to the cluster of most faces there, which agrees with the performer’s faces',
  decided_same: 'somebody decided that it is this performer',
  nearer_to_other: 'it is nearer to another performer than to its own: held back until somebody decides',
  dropped: 'somebody decided that it is not used',
  imported: 'it came with an imported release, and its picture was not looked at here',
  no_match: 'it does not match the performer’s faces',
  no_existing_faces: 'its source is not trusted enough for a first face',
  no_dominant_cluster: 'the faces there are of several people, and of nobody most',
  other_cluster: 'most faces there are of somebody else',
  cluster_differs: 'most faces there are not like the performer’s',
  no_face: 'no face was found in it',
  multi_face: 'it shows more than one face',
  image_too_small: 'it is too small',
  face_too_small: 'the face in it is too small',
  low_confidence: 'it is not certain enough that this is a face',
  extreme_angle: 'the head is turned too far',
  duplicate_image: 'the performer has the same image already',
  limit_reached: 'the performer has as many faces as are wanted',
};

export async function explainFaces({ db }: CatalogDatabase, performerId: number): Promise<ExplainedFace[]> {
  const rows = await db.all<{
    source: string;
    pageUrl: string | null;
    imageUrl: string;
    at: string;
    rule: string | null;
    reason: string;
    distance: number | null;
  }>(sql`
    SELECT source, page_url AS pageUrl, url AS imageUrl, checked_at AS at, rule, faces.reason, distance
    FROM labels JOIN faces ON faces.id = face_id JOIN images ON images.id = image_id
    WHERE labels.performer_id = ${performerId} ORDER BY labels.pack, label LIMIT ${FACES_MAX}`);
  return rows.map(({ source, pageUrl, imageUrl, at, rule, reason, distance }) => ({
    source,
    page_url: webOnly(pageUrl),
    image_url: webOnly(imageUrl),
    at,
    rule: [rule, REASONS[reason] ?? reason].filter(Boolean).join('; '),
    distance: distance === null ? null : clampDistance(distance),
  }));
}

/** Images and look-ups that gave no face. */
export async function explainMissingFaces({ db }: CatalogDatabase, performerId: number): Promise<Attempt[]> {
  const images = await db.all<{ source: string; url: string; reason: string | null; at: string }>(sql`
    SELECT source, url, reason, checked_at AS at FROM images
    WHERE performer_id = ${performerId} AND outcome <> 'accepted' ORDER BY checked_at DESC LIMIT ${ATTEMPTS_MAX}`);
  const lookUps = await db.all<{
    source: string;
    mode: string;
    outcome: string;
    reason: string | null;
    url: string | null;
    at: string;
  }>(sql`
    SELECT source, mode, outcome, reason, page_url AS url, looked_up_at AS at FROM look_ups
    WHERE performer_id = ${performerId} AND outcome NOT IN ('found', 'unchanged')
    ORDER BY looked_up_at DESC LIMIT ${ATTEMPTS_MAX}`);
  return [
    ...lookUps.map(({ source, mode, outcome, reason, url, at }) => ({
      source,
      what: mode === 'url' ? 'looking the performer up by address' : 'looking the performer up by name',
      why_not: reason ?? outcome.replaceAll('_', ' '),
      url: webOnly(url),
      at,
    })),
    ...images.map(({ source, url, reason, at }) => ({
      source,
      what: 'an image',
      why_not: REASONS[reason ?? ''] ?? (reason ?? 'unknown').replaceAll('_', ' '),
      url: webOnly(url),
      at,
    })),
  ];
}

/** Paths of the owner's own files stay at home. */
function webOnly(url: string | null): string | null {
  return url !== null && /^https?:/i.test(url) ? url : null;
}
