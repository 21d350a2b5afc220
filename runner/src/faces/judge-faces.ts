import type { Box, Detection, Landmarks } from './picture.ts';

/** What a source asks of its images. Lengths in px of the upright picture, angles in degrees. */
export interface QualityPolicy {
  minImagePx: number;
  minFacePx: number;
  minConfidence: number;
  maxYawDegrees: number;
  /** High-trust sources: a picture with a second face, however small, says nothing about whose face it is. */
  singleFaceOnly: boolean;
  /** False looks for faces and judges them, and computes no embedding. */
  embed: boolean;
}

/** The documented defaults of a build. */
export const defaultQualityPolicy: QualityPolicy = {
  minImagePx: 300,
  minFacePx: 80,
  minConfidence: 0.8,
  maxYawDegrees: 45,
  singleFaceOnly: true,
  embed: true,
};

/**
 * Why a picture or a face is not used. `not_largest`: good, but a greater good face is in the same picture.
 * `unusable_embedding`: the embedder answered zeros or no numbers for it.
 */
export type RejectionReason =
  | 'no_face'
  | 'multi_face'
  | 'image_too_small'
  | 'face_too_small'
  | 'low_confidence'
  | 'extreme_angle'
  | 'not_largest'
  | 'unusable_embedding';

export interface JudgedFace {
  /** Truncated towards zero, as the sidecar's records are. */
  box: Box;
  landmarks: Landmarks;
  confidence: number;
  yawDegrees: number | null;
  /** 0 to 1; saturates for faces of about 100 x 100 px, so use it only as a rough order. */
  quality: number;
  rejection: RejectionReason | null;
}

interface Judgement {
  /** Set when the whole picture is refused; then every face carries the same reason. */
  reason: RejectionReason | null;
  faces: JudgedFace[];
}

/**
 * Applies the quality filters in their documented order: more than one face, picture size, face size, confidence, yaw; the
 * first that fails is the reason. Of several faces that pass, the largest stays. Every detection counts as a face, also a
 * tiny one.
 *
 * @throws Error when a detection has a number that is not finite: NaN passes every limit that it is compared with
 */
export function judgeFaces(
  width: number,
  height: number,
  detections: Detection[],
  policy: QualityPolicy,
): Judgement {
  for (const detection of detections) requireFinite(detection);
  const faces = detections.map((detection) => describeFace(detection));
  const reason = judgePicture(width, height, faces.length, policy);
  for (const face of faces) face.rejection = reason ?? judgeFace(face, policy);
  keepLargest(faces);
  return { reason, faces };
}

function judgePicture(
  width: number,
  height: number,
  faces: number,
  policy: QualityPolicy,
): RejectionReason | null {
  if (policy.singleFaceOnly && faces > 1) return 'multi_face';
  if (Math.min(width, height) < policy.minImagePx) return 'image_too_small';
  return faces === 0 ? 'no_face' : null;
}

function judgeFace(face: JudgedFace, policy: QualityPolicy): RejectionReason | null {
  const [width, height] = sides(face.box);
  if (Math.min(width, height) < policy.minFacePx) return 'face_too_small';
  if (face.confidence < policy.minConfidence) return 'low_confidence';
  if (face.yawDegrees !== null && Math.abs(face.yawDegrees) > policy.maxYawDegrees) return 'extreme_angle';
  return null;
}

function keepLargest(faces: JudgedFace[]): void {
  const accepted = faces.filter((face) => face.rejection === null).sort((a, b) => area(b.box) - area(a.box));
  for (const face of accepted.slice(1)) face.rejection = 'not_largest';
}

function describeFace({ box, landmarks, confidence }: Detection): JudgedFace {
  const whole: Box = [Math.trunc(box[0]), Math.trunc(box[1]), Math.trunc(box[2]), Math.trunc(box[3])];
  return {
    box: whole,
    landmarks,
    confidence,
    yawDegrees: estimateYaw(landmarks),
    quality: Math.min(1, Math.max(0, (area(whole) / 10_000) * confidence)),
    rejection: null,
  };
}

function requireFinite({ box, landmarks, confidence }: Detection): void {
  const numbers = [confidence, ...box, ...landmarks.flat()];
  if (numbers.every(Number.isFinite)) return;
  throw new Error(
    'The detector answered a face with numbers that are not finite: its model file or the processor that runs it is faulty. ' +
      'Check the files with "runner models verify", and the graphics card.',
  );
}

function sides([x1, y1, x2, y2]: Box): [number, number] {
  return [x2 - x1, y2 - y1];
}

function area(box: Box): number {
  const [width, height] = sides(box);
  return width * height;
}

/**
 * Head turn in degrees from where the nose stands between the eyes: 0 is frontal, positive is the nose towards the image's
 * right. A rough estimate, the same as the sidecar's. Null when both eyes are at one point.
 */
export function estimateYaw([left, right, nose]: Landmarks): number | null {
  const eyeDistance = Math.hypot(right[0] - left[0], right[1] - left[1]);
  if (eyeDistance === 0) return null;
  const offset = nose[0] - (left[0] + right[0]) / 2;
  return (Math.atan2(offset, eyeDistance / 2) * 180) / Math.PI;
}
