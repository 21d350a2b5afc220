import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { FaceJudge } from '../exclusions/excluded-faces.ts';
import type { Look } from './check-image.ts';

export interface CheckedLook {
  look: Look;
  /** The exclusion that a face of the image falls under, or null. */
  exclusion: number | null;
}

/**
 * Takes excluded faces out of what looking at an image brought, before anything is decided about it. An image that has no
 * other usable face is rejected as `excluded`, and nothing of it will stay but its address.
 */
export function dropExcludedFaces(look: Look, embedder: string, judge: FaceJudge): CheckedLook {
  if (look.kind === 'unchanged') return { look, exclusion: null };
  if (look.kind === 'analysed') {
    const { analysis, outcome } = look;
    const { rest, exclusion } = sift(analysis.faces, ({ embeddings }) => embeddings[embedder], judge);
    if (exclusion === null) return { look, exclusion };
    const isUsable = rest.some(({ rejection }) => rejection === null);
    return isUsable
      ? { look: { ...look, analysis: { ...analysis, faces: rest } }, exclusion }
      : { look: { kind: 'outcome', outcome: refused(outcome) }, exclusion };
  }
  const { outcome } = look;
  const vectorOf = ({ embeddings }: ImageOutcome['faces'][number]) =>
    embeddings.find(({ model }) => model === embedder)?.vector;
  const { rest, exclusion } = sift(outcome.faces, vectorOf, judge);
  if (exclusion === null) return { look, exclusion };
  const isUsable = rest.some(({ accepted }) => accepted);
  return { look: { ...look, outcome: isUsable ? { ...outcome, faces: rest } : refused(outcome) }, exclusion };
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
