import { cropSize } from '../models/pack.ts';
import type { Landmarks, Picture } from './picture.ts';

const unit = 256;
const half = 1 << 15;

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

/**
 * Bilinear look-up at whole output pixels (no half-pixel shift), as OpenCV's warpAffine. Weights are whole numbers of 8 bits
 * per axis, which stays within one level of exact arithmetic.
 */
export function warp(picture: Picture, { a, b, tx, ty }: Similarity): Uint8Array {
  const crop = new Uint8Array(cropSize * cropSize * 3);
  const norm = a * a + b * b;
  const stepX = a / norm;
  const stepY = -b / norm;
  for (let y = 0, to = 0; y < cropSize; y++) {
    let sourceX = (b * (y - ty) - a * tx) / norm;
    let sourceY = (a * (y - ty) + b * tx) / norm;
    for (let x = 0; x < cropSize; x++, to += 3, sourceX += stepX, sourceY += stepY) {
      samplePixel(picture, sourceX, sourceY, crop, to);
    }
  }
  return crop;
}

function samplePixel(
  { width, height, pixels }: Picture,
  x: number,
  y: number,
  crop: Uint8Array,
  to: number,
): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const wx = Math.round((x - left) * unit);
  const wy = Math.round((y - top) * unit);
  if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
    const upper = (top * width + left) * 3;
    mixPixels(pixels, upper, upper + width * 3, wx, wy, crop, to);
  } else if (left >= -1 && top >= -1 && left < width && top < height) {
    mixPixels(borderPixels(left, top, width, height, pixels), 0, 6, wx, wy, crop, to);
  }
}

/** The four neighbours in two rows of two pixels, those outside black. */
function borderPixels(
  left: number,
  top: number,
  width: number,
  height: number,
  pixels: Uint8Array,
): Uint8Array {
  const four = new Uint8Array(12);
  for (let i = 0; i < 4; i++) {
    const x = left + (i % 2);
    const y = top + (i >> 1);
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    const from = (y * width + x) * 3;
    four.set(pixels.subarray(from, from + 3), i * 3);
  }
  return four;
}

function mixPixels(
  pixels: Uint8Array,
  upper: number,
  lower: number,
  wx: number,
  wy: number,
  crop: Uint8Array,
  to: number,
): void {
  const vx = unit - wx;
  const vy = unit - wy;
  for (let c = 0; c < 3; c++) {
    const above = Math.imul(pixels[upper + c] ?? 0, vx) + Math.imul(pixels[upper + c + 3] ?? 0, wx);
    const below = Math.imul(pixels[lower + c] ?? 0, vx) + Math.imul(pixels[lower + c + 3] ?? 0, wx);
    crop[to + c] = (Math.imul(above, vy) + Math.imul(below, wy) + half) >> 16;
  }
}
