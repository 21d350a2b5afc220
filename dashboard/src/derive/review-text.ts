import { entryOf, isNameIn } from '@trainer/contract/names';
import type { Decision, Review, ReviewKind, ReviewStatus } from '@trainer/contract/reviews';
import type { Tone } from './run-text.ts';

export const kindLabels = {
  duplicate: 'Possible duplicate',
  doubtful_face: 'Doubtful face',
  conflict: 'Conflict',
} as const satisfies Record<ReviewKind, string>;

export const statusTones = {
  open: 'warn',
  decided: 'good',
  closed: 'calm',
} as const satisfies Record<ReviewStatus, Tone>;

const faceDecisions = {
  same: 'Keep the face',
  different: 'Different person’s face',
  drop: 'Drop the face',
} as const satisfies Record<Decision, string>;

const performerDecisions = {
  same: 'Same person',
  different: 'Different people',
  drop: 'Use neither',
} as const satisfies Record<Decision, string>;

/** What a decision means for this kind of review, as it stands on its button. */
export function decisionLabel(kind: Review['kind'], decision: Review['choices'][number]): string {
  return entryOf<string>(kind === 'doubtful_face' ? faceDecisions : performerDecisions, decision, decision);
}

/** The key that decides so. */
export const decisionKeys = { same: 's', different: 'd', drop: 'x' } as const satisfies Record<
  Decision,
  string
>;

/** What this release can decide of what a review offers. */
export function knownChoices({ choices }: Pick<Review, 'choices'>): Decision[] {
  return choices.filter((choice) => isNameIn(decisionKeys, choice));
}

/** The decision behind a key, where this review offers it. */
export function decisionOfKey({ choices }: Pick<Review, 'choices'>, key: string): Decision | null {
  return knownChoices({ choices }).find((choice) => decisionKeys[choice] === key.toLowerCase()) ?? null;
}

/** What becomes of a decision. */
export function appliedText({ decision }: Pick<Review, 'decision'>): string {
  if (!decision) return '';
  const { applied_run_id: run } = decision;
  return run === null ? 'The next run applies it.' : `Applied in run ${run}.`;
}
