import type { Decision } from '@trainer/contract/reviews';
import type { PairEvidence } from './judge-pair.ts';

/** Why the catalog wants somebody to look, where it is not a conflict of `judge-pair.ts`. */
export const reviewRules = {
  same_name: 'the same name, and nothing that contradicts it',
  similar_name: 'similar names, the same country and birth date',
  same_face: 'a face of the one is hardly different from a face of the other',
  nearer_to_other: 'the face is nearer to another performer than to its own',
} as const;
export type ReviewRule = keyof typeof reviewRules;

/** What a decision is about. */
export type ReviewKind = 'duplicate' | 'face';

/** A decision as the catalog keeps it. */
export interface KeptDecision {
  key: string;
  decision: Decision;
  actor: string;
}

export interface FaceEvidence {
  pack: string;
  source: string;
  imageUrl: string;
  pageUrl: string | null;
  /** Of the image; with pack, address and place it names the face whatever happens to its row. */
  sha256: string | null;
  position: number;
  /** To the nearest other face of its own performer, and to the other performer's. */
  ownDistance: number;
  otherDistance: number;
}

export type Evidence = Partial<PairEvidence> & Partial<FaceEvidence>;

/** Names the question in every run. The records come in the order of their text. */
export function duplicateKey(one: string, other: string): string {
  return one < other ? `duplicate ${one} ${other}` : `duplicate ${other} ${one}`;
}
