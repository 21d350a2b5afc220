import type { FaceOutcome, ImageOutcome } from '../catalog/image-outcome.ts';
import type { AnalysedFace, ImageAnalysis } from '../faces/engine.ts';
import { validateFace } from '../faces/validate-face.ts';
import type { FaceDemands } from './ingest-context.ts';

/**
 * Turns an analysis into what is kept of it: faces that passed the quality filters are held against the performer's faces as
 * the source's trust wants it. An accepted one joins `vectors` at once, so that the next image sees it.
 */
export function judgeAnalysis(
  analysis: ImageAnalysis,
  outcome: ImageOutcome,
  vectors: Float32Array[],
  demands: FaceDemands,
): ImageOutcome {
  const faces = analysis.faces.map((face) => judgeFace(face, vectors, demands));
  if (faces.some((face) => face.accepted)) return { ...outcome, outcome: 'accepted', reason: null, faces };
  return { ...outcome, outcome: 'rejected', reason: analysis.reason ?? mainReason(faces), faces };
}

/** The reason of the face that came furthest: an undecided one by trust, else the most certain detection. */
function mainReason(faces: FaceOutcome[]): string {
  const judged = faces.find((face) => face.reason === 'no_match' || face.reason === 'no_existing_faces');
  return (judged ?? faces[0])?.reason ?? 'no_face';
}

function judgeFace(face: AnalysedFace, vectors: Float32Array[], { engine, trust }: FaceDemands): FaceOutcome {
  const { matching } = engine.pack;
  const vector = face.embeddings[matching.embedder];
  if (face.rejection !== null || !vector)
    return keep(face, false, face.rejection ?? 'unusable_embedding', null);
  const { accepted, reason, distance } = validateFace(trust, vector, vectors, matching);
  if (accepted) vectors.push(vector);
  return keep(face, accepted, reason, distance);
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
