import type { Landmarks } from './picture.ts';

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
