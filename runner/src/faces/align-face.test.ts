import { describe, expect, it } from 'vitest';
import { cropSize } from '../models/pack.ts';
import { alignFace, similarityToTemplate } from './align-face.ts';
import type { Landmarks, Picture } from './picture.ts';

const first: Landmarks = [
  [120.5, 150.25],
  [180, 148],
  [151, 185.5],
  [126, 215],
  [176.5, 213],
];
const second: Landmarks = [
  [300, 200],
  [360, 230],
  [320, 262],
  [285, 270],
  [335, 295],
];

/** Channel c at (x, y) = 127 + 100 sin(x / 17 + c) cos(y / 23), halves to even. */
function wavePicture(): Picture {
  const picture = { width: 320, height: 300, pixels: new Uint8Array(320 * 300 * 3) };
  for (let y = 0, at = 0; y < 300; y++) {
    for (let x = 0; x < 320; x++) {
      for (let c = 0; c < 3; c++, at++) {
        picture.pixels[at] = Math.round(127 + 100 * Math.sin(x / 17 + c) * Math.cos(y / 23));
      }
    }
  }
  return picture;
}

function pixelOf(crop: Uint8Array, x: number, y: number): number[] {
  const at = (y * cropSize + x) * 3;
  return [...crop.subarray(at, at + 3)];
}

describe('similarityToTemplate', () => {
  it.each([
    ['a nearly frontal face', first, [0.60844, 0.011676, -33.597477, -40.809099]],
    ['a tilted face', second, [0.507485, -0.194427, -155.248, 6.535493]],
  ])('finds rotation, scale and shift of %s', (_, landmarks, [a, b, tx, ty]) => {
    const matrix = similarityToTemplate(landmarks);
    expect(matrix.a).toBeCloseTo(a ?? 0, 5);
    expect(matrix.b).toBeCloseTo(b ?? 0, 5);
    expect(matrix.tx).toBeCloseTo(tx ?? 0, 2);
    expect(matrix.ty).toBeCloseTo(ty ?? 0, 2);
  });
});

describe('alignFace', () => {
  it.each([
    [0, 0, [144, 216, 206]],
    [56, 56, [175, 92, 41]],
    [38, 52, [197, 221, 159]],
    [100, 20, [104, 75, 94]],
    [111, 111, [93, 112, 145]],
  ])('puts the right colour at crop pixel %i, %i', (x, y, colour) => {
    const found = pixelOf(alignFace(wavePicture(), first), x, y);
    found.forEach((level, c) => {
      expect(Math.abs(level - (colour[c] ?? 0))).toBeLessThanOrEqual(2);
    });
  });

  it('is black where the picture ends, without a seam before the border', () => {
    const white = { width: 40, height: 40, pixels: new Uint8Array(40 * 40 * 3).fill(255) };
    const template: Landmarks = [
      [38.2946 - 36, 51.6963 - 36],
      [73.5318 - 36, 51.5014 - 36],
      [56.0252 - 36, 71.7366 - 36],
      [41.5493 - 36, 92.3655 - 36],
      [70.7299 - 36, 92.2041 - 36],
    ];
    const crop = alignFace(white, template);
    expect(pixelOf(crop, 20, 20)).toEqual([0, 0, 0]);
    expect(pixelOf(crop, 56, 56)).toEqual([255, 255, 255]);
    expect(pixelOf(crop, 38, 38)).toEqual([255, 255, 255]);
    expect(pixelOf(crop, 100, 100)).toEqual([0, 0, 0]);
  });
});
