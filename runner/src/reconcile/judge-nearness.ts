import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { bytesToVector } from '../catalog/schema/vector-blob.ts';
import { cosineDistance } from '../faces/unit-vector.ts';
import { samePersonThreshold } from '../faces/validate-face.ts';
import { refOf } from '../identity/record-node.ts';
import { duplicateKey, type FaceEvidence, type ReviewRule } from '../identity/review.ts';
import type { Matching } from '../models/pack.ts';
import type { Neighbour } from './nearest-faces.ts';
import { faceKey, holdBack } from './place-face.ts';

export interface Nearness {
  statements: SQL[];
  heldBack: number;
  suspected: number;
}

interface HeldFace extends Omit<FaceEvidence, 'ownDistance' | 'otherDistance'> {
  label: number;
  faceId: number;
  performerId: number;
  /** A record of its performer. */
  ref: string;
  vector: Float32Array;
}

const NOTHING: Nearness = { statements: [], heldBack: 0, suspected: 0 };

/** The distance beyond which two faces say nothing about each other in this pack. */
export function distanceThatMatters({ duplicate, samePerson }: Matching): number {
  return Math.max(duplicate, ...samePerson.map((step) => step.maxDistance));
}

/**
 * What the faces nearest to a new one say about it:
 *
 * - it is like its own performer's other faces, or there are none, and hardly different from another performer's: the two may
 *   be one, and both keep their faces;
 * - it is unlike its own performer's other faces, nearer to another performer, and near enough to be the same person: it is
 *   held back. The same is asked of the other one's face, which may be the one that is in the wrong place.
 */
export async function judgeNearness(
  database: CatalogDatabase,
  { pack, matching }: { pack: string; matching: Matching },
  label: number,
  near: Neighbour[],
): Promise<Nearness> {
  if (near.length === 0) return NOTHING;
  const faces = await readFaces(database, pack, matching, [label, ...near.map((each) => each.label)]);
  const face = faces.get(label);
  const nearest = near.find((each) => {
    const other = faces.get(each.label);
    return other && face && other.performerId !== face.performerId;
  });
  const other = faces.get(nearest?.label ?? -1);
  if (!face || !other || !nearest) return NOTHING;
  const at = database.now().toISOString();
  const mine = await standing(database, matching, face);
  const theirs = await standing(database, matching, other);
  const { distance } = nearest;
  const misplaced = [
    { face, other, own: mine, far: theirs },
    { face: other, other: face, own: theirs, far: mine },
  ].filter(({ own, far }) => isMisplaced(own, distance, samePersonThreshold(far.faces, matching)));
  if (misplaced.length > 0) {
    const decided = await alreadyAccepted(
      database,
      misplaced.map((each) => faceKey(each.face)),
    );
    const held = misplaced.filter((each) => !decided.has(faceKey(each.face)));
    return {
      statements: held.flatMap((each) => [
        ...holdBack(each.face.faceId, 'nearer_to_other'),
        doubt(each.face, each.other, each.own.distance, distance, at),
      ]),
      heldBack: held.length,
      suspected: 0,
    };
  }
  if (distance >= matching.duplicate) return NOTHING;
  return { statements: [suspicion(face, other, distance, at)], heldBack: 0, suspected: 1 };
}

interface Standing {
  /** Faces of its performer, itself included. */
  faces: number;
  /** To the nearest other face of its performer; 2 without one. */
  distance: number;
  /** As far as its performer's faces may be from each other. */
  threshold: number;
}

/** With no other face of its own there is nothing to be nearer to. */
function isMisplaced(own: Standing, otherDistance: number, otherThreshold: number): boolean {
  if (own.faces < 2 || own.distance < own.threshold) return false;
  return otherDistance < own.distance && otherDistance < otherThreshold;
}

async function standing(
  { db }: CatalogDatabase,
  matching: Matching,
  { performerId, pack, label, vector }: HeldFace,
): Promise<Standing> {
  const rows = await db.all<{ vector: ArrayBuffer }>(sql`
    SELECT vector FROM labels JOIN embeddings ON embeddings.face_id = labels.face_id AND model = ${matching.embedder}
    WHERE pack = ${pack} AND performer_id = ${performerId} AND label <> ${label}`);
  const distances = rows.map((row) => cosineDistance(vector, bytesToVector(row.vector)));
  return {
    faces: rows.length + 1,
    distance: Math.min(2, ...distances),
    threshold: samePersonThreshold(Math.max(1, rows.length), matching),
  };
}

async function readFaces(
  { db }: CatalogDatabase,
  pack: string,
  matching: Matching,
  labels: number[],
): Promise<Map<number, HeldFace>> {
  type Row = Omit<HeldFace, 'vector' | 'ref'> & { endpoint: string; remoteId: string; vector: ArrayBuffer };
  const rows = await db.all<Row>(sql`
    SELECT label, faces.id AS faceId, labels.performer_id AS performerId, labels.pack, source, url AS imageUrl,
      page_url AS pageUrl, sha256, position, record.endpoint, record.remote_id AS remoteId, vector
    FROM labels JOIN faces ON faces.id = labels.face_id JOIN images ON images.id = image_id
    JOIN embeddings ON embeddings.face_id = faces.id AND model = ${matching.embedder}
    JOIN performer_records AS record ON record.id = (SELECT min(id) FROM performer_records
      WHERE performer_id = labels.performer_id AND deleted = 0)
    WHERE labels.pack = ${pack} AND label IN (SELECT value FROM ${rowsOf(labels)})`);
  return new Map(
    rows.map(({ endpoint, remoteId, vector, ...row }) => [
      row.label,
      { ...row, ref: refOf(endpoint, remoteId), vector: bytesToVector(vector) },
    ]),
  );
}

async function alreadyAccepted({ db }: CatalogDatabase, keys: string[]): Promise<Set<string>> {
  const rows = await db.all<{ key: string }>(sql`
    SELECT key FROM decisions WHERE decision = 'same' AND key IN (SELECT value FROM ${rowsOf(keys)})`);
  return new Set(rows.map(({ key }) => key));
}

function doubt(face: HeldFace, other: HeldFace, ownDistance: number, otherDistance: number, at: string): SQL {
  const { pack, source, imageUrl, pageUrl, sha256, position } = face;
  const evidence: FaceEvidence = {
    pack,
    source,
    imageUrl,
    pageUrl,
    sha256,
    position,
    ownDistance,
    otherDistance,
  };
  return review(faceKey(face), 'face', 'nearer_to_other', [face.ref, other.ref], otherDistance, evidence, at);
}

function suspicion(one: HeldFace, other: HeldFace, distance: number, at: string): SQL {
  const refs = [one.ref, other.ref].sort();
  const evidence = { source: one.source, imageUrl: one.imageUrl, pageUrl: one.pageUrl };
  return review(duplicateKey(one.ref, other.ref), 'duplicate', 'same_face', refs, distance, evidence, at);
}

/** The smallest distance counts, and a face says more than a name. */
function review(
  key: string,
  kind: 'face' | 'duplicate',
  rule: ReviewRule,
  [first = '', second = '']: string[],
  distance: number,
  evidence: Partial<FaceEvidence>,
  at: string,
): SQL {
  return sql`INSERT INTO reviews (key, kind, rule, first, second, distance, evidence, found_at)
    VALUES (${key}, ${kind}, ${rule}, ${first}, ${second}, ${distance}, ${JSON.stringify(evidence)}, ${at})
    ON CONFLICT (key) DO UPDATE SET rule = excluded.rule, distance = excluded.distance, evidence = excluded.evidence
      WHERE reviews.distance IS NULL OR excluded.distance < reviews.distance`;
}
