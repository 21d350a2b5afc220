import type { FaceOutcome, ImageOutcome } from '../catalog/image-outcome.ts';
import type { AnalysedFace, ImageAnalysis } from '../faces/engine.ts';
import type { Matching } from '../models/pack.ts';
import { isByTrust, type Judge } from './judge-by-trust.ts';

/**
 * Turns an analysis into what is kept of it: faces that passed the quality filters are judged as the source's trust wants it, by
 * their vectors of the pack's matching embedder.
 */
export function judgeAnalysis(
  analysis: ImageAnalysis,
  outcome: ImageOutcome,
  { embedder }: Matching,
  judge: Judge,
): ImageOutcome {
  const faces = analysis.faces.map((face) => {
    const vector = face.rejection === null ? face.embeddings[embedder] : undefined;
    if (!vector) return keep(face, false, face.rejection ?? 'unusable_embedding', null);
    const { accepted, reason, distance } = judge(vector);
    return keep(face, accepted, reason, distance);
  });
  if (faces.some((face) => face.accepted)) return { ...outcome, outcome: 'accepted', reason: null, faces };
  return { ...outcome, outcome: 'rejected', reason: analysis.reason ?? mainReason(faces), faces };
}

/** The reason of the face that came furthest: an undecided one by trust, else the most certain detection. */
function mainReason(faces: FaceOutcome[]): string {
  const judged = faces.find((face) => isByTrust(face.reason));
  return (judged ?? faces[0])?.reason ?? 'no_face';
}

function keep(face: AnalysedFace, accepted: boolean, reason: string, distance: number | null): FaceOutcome {
  const [x1, y1, x2, y2] = face.box;
  const embeddings = Object.entries(face.embeddings).map(([model, vector]) => ({ model, vector }));
  return {
    box: { x: x1, y: y1, width: x2 - x1, height: y2 - y1 },
    landmarks: face.landmarks.flat(),
    yaw: face.yawDegrees,
    quality: face.quality,
    confidence: face.confidence,
    accepted,
    reason,
    distance,
    embeddings: accepted ? embeddings : [],
  };
}
