import type { Detection, Picture } from '../picture.ts';
import type { FaceDetector } from './open-detector.ts';

/** Black border on every side for the second look, as a share of the picture's side. */
const padding = 0.5;

/**
 * Detects faces, and when none is found looks again at the picture with a wide border: detectors know no face that fills the
 * whole frame. Coordinates are always those of the picture itself.
 */
export async function findFaces(detector: FaceDetector, picture: Picture): Promise<Detection[]> {
  const { width, height } = picture;
  const found = await detector.detect(picture, { x: 0, y: 0, width, height });
  if (found.length > 0) return found;
  const x = Math.round(width * padding);
  const y = Math.round(height * padding);
  return detector.detect(picture, { x: -x, y: -y, width: width + 2 * x, height: height + 2 * y });
}
