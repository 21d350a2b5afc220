import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { FaceJudge } from '../exclusions/excluded-faces.ts';
import type { ImageCheck } from './check-image.ts';

export interface FilteredCheck {
  check: ImageCheck;
  /** The exclusion that a face of the image falls under, or null. */
  exclusion: number | null;
}

/**
 * Takes excluded faces out of what looking at an image brought, before anything is decided about it. An image that has no
 * other usable face is rejected as `excluded`, and nothing of it will stay but its address.
 */
export function dropExcludedFaces(check: ImageCheck, embedder: string, judge: FaceJudge): FilteredCheck {
  if (check.kind === 'unchanged') return { check, exclusion: null };
  if (check.kind === 'analysed') {
    const { analysis, outcome } = check;
    const { rest, exclusion } = sift(analysis.faces, ({ embeddings }) => embeddings[embedder], judge);
    if (exclusion === null) return { check, exclusion };
    const isUsable = rest.some(({ rejection }) => rejection === null);
    return isUsable
      ? { check: { ...check, analysis: { ...analysis, faces: rest } }, exclusion }
      : { check: { kind: 'outcome', outcome: refused(outcome) }, exclusion };
  }
  const { outcome } = check;
  const vectorOf = ({ embeddings }: ImageOutcome['faces'][number]) =>
    embeddings.find(({ model }) => model === embedder)?.vector;
  const { rest, exclusion } = sift(outcome.faces, vectorOf, judge);
  if (exclusion === null) return { check, exclusion };
  const isUsable = rest.some(({ accepted }) => accepted);
  return {
    check: { ...check, outcome: isUsable ? { ...outcome, faces: rest } : refused(outcome) },
    exclusion,
  };
}

function sift<Face>(
  faces: readonly Face[],
  vectorOf: (face: Face) => Float32Array | undefined,
  judge: FaceJudge,
): { rest: Face[]; exclusion: number | null } {
  const judged = faces.map((face) => {
    const vector = vectorOf(face);
    return { face, exclusion: vector ? judge(vector) : null };
  });
  const hit = judged.find((each) => each.exclusion !== null);
  return {
    rest: judged.filter((each) => each.exclusion === null).map(({ face }) => face),
    exclusion: hit?.exclusion ?? null,
  };
}

function refused(outcome: ImageOutcome): ImageOutcome {
  const bare = { sha256: null, widthPx: null, heightPx: null, faces: [] };
  return { ...outcome, ...bare, outcome: 'rejected', reason: 'excluded' };
}
