import type { FaceOutcome } from '../catalog/image-outcome.ts';
import { type ValidationReason, validateFace } from '../faces/validate-face.ts';
import { type ClusterReason, judgeCluster } from './dominant-cluster.ts';
import type { FilteredCheck } from './drop-excluded-faces.ts';
import type { FaceSettings } from './face-settings.ts';
import type { HeldFaces } from './held-faces.ts';

/** What trust says about a face that passed the quality filters. */
export type Verdict = Pick<FaceOutcome, 'accepted' | 'reason' | 'distance'>;

/** Judges a face by its vector of the pack's matching embedder. */
export type Judge = (vector: Float32Array) => Verdict;

/** Reasons of faces that only trust kept out. */
const TRUST_REASONS: ReadonlySet<string> = new Set<ValidationReason | ClusterReason>([
  'no_match',
  'no_existing_faces',
  'no_dominant_cluster',
  'other_cluster',
  'cluster_differs',
]);

/** Whether a rejection says something about a performer's faces at the time, and not about the image. */
export function isByTrust(reason: string | null): boolean {
  return reason !== null && TRUST_REASONS.has(reason);
}

/**
 * How the faces of these looks are judged: each by itself, where an accepted one joins the performer's faces at once, so that the
 * next one is held against it too; with low trust all of them together.
 */
export function judgeFor(checks: readonly FilteredCheck[], held: HeldFaces, settings: FaceSettings): Judge {
  const { trust, engine } = settings;
  const { matching } = engine.pack;
  if (trust === 'low') return judgeTogether(vectorsOf(checks, matching.embedder), held, settings);
  return (vector) => {
    const verdict = validateFace(trust, vector, held.vectors, matching);
    if (verdict.accepted) held.vectors.push(vector);
    return verdict;
  };
}

function judgeTogether(
  vectors: readonly Float32Array[],
  { vectors: known }: HeldFaces,
  { engine }: FaceSettings,
): Judge {
  const verdicts = judgeCluster(vectors, known, engine.pack.matching);
  const unseen: Verdict = { accepted: false, reason: 'no_dominant_cluster', distance: null };
  return (vector) => verdicts[vectors.indexOf(vector)] ?? unseen;
}

function vectorsOf(checks: readonly FilteredCheck[], embedder: string): Float32Array[] {
  return checks.flatMap(({ check }) => {
    const faces = check.kind === 'analysed' ? check.analysis.faces : [];
    return faces.flatMap(({ rejection, embeddings }) =>
      rejection === null ? (embeddings[embedder] ?? []) : [],
    );
  });
}
