import { describe, expect, it } from 'vitest';
import type { Picture } from './picture.ts';
import { resample, type Window } from './resample.ts';

/** A picture whose red runs with x, green with y and blue with both. */
function ramp(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const y = Math.floor(i / width);
    pixels.set([x * 10, y * 10, (x * 7 + y * 13) % 256], i * 3);
  }
  return { width, height, pixels };
}

function run(picture: Picture, window: Window, width: number, height: number): number[][] {
  const area = width * height;
  const samples = new Float32Array(area * 3);
  resample(picture, window, width, height, {
    samples,
    rowStride: width,
    starts: [0, area, area * 2],
    gain: 1,
    offset: 0,
  });
  return [0, 1, 2].map((plane) => [...samples.subarray(plane * area, (plane + 1) * area)]);
}

/** The definition, one pixel at a time: borders of the window repeated, black outside the picture. */
function slow(picture: Picture, window: Window, width: number, height: number, plane: number): number[] {
  const pixel = (x: number, y: number) => {
    const px = window.x + Math.min(Math.max(x, 0), window.width - 1);
    const py = window.y + Math.min(Math.max(y, 0), window.height - 1);
    const inside = px >= 0 && py >= 0 && px < picture.width && py < picture.height;
    return inside ? (picture.pixels[(py * picture.width + px) * 3 + plane] ?? 0) : 0;
  };
  return Array.from({ length: width * height }, (_, i) => {
    const sx = (((i % width) + 0.5) * window.width) / width - 0.5;
    const sy = ((Math.floor(i / width) + 0.5) * window.height) / height - 0.5;
    const [x, y] = [Math.floor(sx), Math.floor(sy)];
    const upper = pixel(x, y) * (1 - sx + x) + pixel(x + 1, y) * (sx - x);
    const lower = pixel(x, y + 1) * (1 - sx + x) + pixel(x + 1, y + 1) * (sx - x);
    return upper * (1 - sy + y) + lower * (sy - y);
  });
}

describe('resample', () => {
  it.each<[string, Window, number, number]>([
    ['keeps a picture of the same size', { x: 0, y: 0, width: 20, height: 15 }, 20, 15],
    ['enlarges', { x: 0, y: 0, width: 20, height: 15 }, 57, 41],
    ['shrinks without smoothing', { x: 0, y: 0, width: 20, height: 15 }, 7, 4],
    ['cuts a window', { x: 5, y: 3, width: 9, height: 8 }, 16, 16],
    ['continues in black on every side', { x: -10, y: -7, width: 40, height: 29 }, 33, 31],
    ['is black outside altogether', { x: 50, y: 50, width: 8, height: 8 }, 4, 4],
  ])('%s', (_, window, width, height) => {
    const picture = ramp(20, 15);
    const found = run(picture, window, width, height);
    for (const plane of [0, 1, 2]) {
      const expected = slow(picture, window, width, height, plane);
      found[plane]?.forEach((level, i) => {
        expect(Math.abs(level - (expected[i] ?? -9)), `plane ${plane}, sample ${i}`).toBeLessThan(0.75);
      });
    }
  });

  it('takes a picture of a single pixel', () => {
    const dot = { width: 1, height: 1, pixels: Uint8Array.of(200, 100, 50) };
    expect(run(dot, { x: 0, y: 0, width: 1, height: 1 }, 2, 2)).toEqual([
      [200, 200, 200, 200],
      [100, 100, 100, 100],
      [50, 50, 50, 50],
    ]);
  });
});
