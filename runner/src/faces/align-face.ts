import type { Landmarks, Picture } from './picture.ts';

/** Side of an aligned crop in px. */
export const cropSize = 112;

/** Rows of the matrix [[a, -b, tx], [b, a, ty]] that maps picture to crop. */
export interface Similarity {
  a: number;
  b: number;
  tx: number;
  ty: number;
}

/** Where the five landmarks go in a crop of 112 x 112: the ArcFace template. */
const template: Landmarks = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/** Least-squares rotation, uniform scale and shift from the landmarks to the template, in closed form. */
export function similarityToTemplate(landmarks: Landmarks): Similarity {
  const [fromX, fromY] = mean(landmarks);
  const [toX, toY] = mean(template);
  let along = 0;
  let across = 0;
  let spread = 0;
  landmarks.forEach(([x, y], i) => {
    const ax = x - fromX;
    const ay = y - fromY;
    const bx = (template[i]?.[0] ?? 0) - toX;
    const by = (template[i]?.[1] ?? 0) - toY;
    along += ax * bx + ay * by;
    across += ax * by - ay * bx;
    spread += ax * ax + ay * ay;
  });
  const a = along / spread;
  const b = across / spread;
  return { a, b, tx: toX - a * fromX + b * fromY, ty: toY - b * fromX - a * fromY };
}

function mean(points: Landmarks): [number, number] {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / points.length, y / points.length];
}

/** The aligned face: 112 x 112 R,G,B, black where the picture ends. */
export function alignFace(picture: Picture, landmarks: Landmarks): Uint8Array {
  return warp(picture, similarityToTemplate(landmarks));
}

/** Bilinear look-up at whole output pixels (no half-pixel shift), as OpenCV's warpAffine. */
export function warp(picture: Picture, { a, b, tx, ty }: Similarity): Uint8Array {
  const crop = new Uint8Array(cropSize * cropSize * 3);
  const norm = a * a + b * b;
  const stepX = a / norm;
  const stepY = -b / norm;
  for (let y = 0, to = 0; y < cropSize; y++) {
    let sourceX = (a * (0 - tx) + b * (y - ty)) / norm;
    let sourceY = (a * (y - ty) - b * (0 - tx)) / norm;
    for (let x = 0; x < cropSize; x++, to += 3, sourceX += stepX, sourceY += stepY) {
      samplePixel(picture, sourceX, sourceY, crop, to);
    }
  }
  return crop;
}

function samplePixel(picture: Picture, x: number, y: number, into: Uint8Array, at: number): void {
  const { width, height, pixels } = picture;
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return;
  const wx = x - left;
  const wy = y - top;
  const topLeft = (top * width + left) * 3;
  const bottomLeft = topLeft + width * 3;
  // Zero weights stand for the black outside, so that the sums below need no cases.
  const w00 = left < 0 || top < 0 ? 0 : (1 - wx) * (1 - wy);
  const w10 = left + 1 >= width || top < 0 ? 0 : wx * (1 - wy);
  const w01 = left < 0 || top + 1 >= height ? 0 : (1 - wx) * wy;
  const w11 = left + 1 >= width || top + 1 >= height ? 0 : wx * wy;
  for (let c = 0; c < 3; c++) {
    into[at + c] =
      (pixels[topLeft + c] ?? 0) * w00 +
      (pixels[topLeft + 3 + c] ?? 0) * w10 +
      (pixels[bottomLeft + c] ?? 0) * w01 +
      (pixels[bottomLeft + 3 + c] ?? 0) * w11 +
      0.5;
  }
}
