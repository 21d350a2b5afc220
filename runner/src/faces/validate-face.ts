import type { Matching } from '../models/pack.ts';
import { cosineDistance } from './unit-vector.ts';

/** How far a source's claim about who is in its pictures is believed, where each face is judged by itself. */
export type SingleTrust = 'high' | 'medium';
/** Faces of low trust are judged together. */
export type TrustLevel = SingleTrust | 'low';

/** `high_trust` and `matched_existing` accept, the others refuse. */
export type ValidationReason = 'high_trust' | 'matched_existing' | 'no_existing_faces' | 'no_match';

export interface Validation {
  accepted: boolean;
  reason: ValidationReason;
  /** Smallest cosine distance to a held face, where one was measured. */
  distance: number | null;
  /** What that distance had to stay below. */
  threshold: number | null;
}

/**
 * Decides whether a face that passed the quality filters joins a performer. `held` are the performer's faces so far, as
 * vectors of `matching.embedder`; the caller adds an accepted face to them, so that later images of the same task see it.
 */
export function validateFace(
  trust: SingleTrust,
  face: Float32Array,
  held: Float32Array[],
  matching: Matching,
): Validation {
  if (trust === 'high') return { accepted: true, reason: 'high_trust', distance: null, threshold: null };
  if (held.length === 0) return refuse('no_existing_faces');
  const distance = held.reduce(
    (least, one) => Math.min(least, cosineDistance(face, one)),
    Number.POSITIVE_INFINITY,
  );
  const threshold = samePersonThreshold(held.length, matching);
  const accepted = distance < threshold;
  return { accepted, reason: accepted ? 'matched_existing' : 'no_match', distance, threshold };
}

/** The distance below which a face is the same person as one of `heldFaces` held ones. */
export function samePersonThreshold(heldFaces: number, { samePerson }: Matching): number {
  const reached = samePerson.findLast((step) => step.heldFaces <= heldFaces) ?? samePerson[0];
  return reached?.maxDistance ?? 0;
}

function refuse(reason: ValidationReason): Validation {
  return { accepted: false, reason, distance: null, threshold: null };
}
