import { describe, expect, it } from 'vitest';
import type { ScrfdDetector } from '../models/pack.ts';
import type { Picture } from './picture.ts';
import { anchorCentre, croppedCanvas, fillScrfdInput, letterbox, readScrfdOutputs } from './scrfd.ts';

const detector: ScrfdDetector = {
  kind: 'scrfd',
  file: 'd.onnx',
  inputSize: 640,
  channels: 'bgr',
  mean: 127.5,
  scale: 128,
  scoreThreshold: 0.5,
  nmsThreshold: 0.4,
};

function flatPicture(width: number, height: number, colour: [number, number, number]): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i += 3) pixels.set(colour, i);
  return { width, height, pixels };
}

function emptyOutputs(): [Float32Array, Float32Array, Float32Array][] {
  return [12_800, 3_200, 800].map((rows) => [
    new Float32Array(rows),
    new Float32Array(rows * 4),
    new Float32Array(rows * 10),
  ]);
}

const whole = { width: 640, height: 640 };

describe('letterbox', () => {
  it.each([
    [1920, 1080, 640, 360, 0.333333],
    [800, 1200, 426, 640, 0.533333],
    [1000, 1000, 640, 640, 0.64],
    [333, 500, 426, 640, 1.28],
    [16_000, 2, 640, 1, 0.5],
  ])('lays %i x %i on the canvas as %i x %i', (width, height, newWidth, newHeight, scale) => {
    const box = letterbox(width, height, 640);
    expect([box.width, box.height]).toEqual([newWidth, newHeight]);
    expect(box.scale).toBeCloseTo(scale, 6);
  });
});

describe('croppedCanvas', () => {
  it.each([
    ['a portrait', 426, 640, 544, 640],
    ['a landscape', 640, 360, 640, 480],
    ['a square', 640, 640, 640, 640],
    ['sides that are multiples of 32', 416, 640, 512, 640],
    ['a picture that is almost square', 620, 640, 640, 640],
    ['a strip', 640, 1, 640, 128],
  ])('keeps 96 px of black or more beside %s, in multiples of 32', (_, width, height, wide, high) => {
    expect(croppedCanvas({ width, height, scale: 1 }, 640)).toEqual({ width: wide, height: high });
  });
});

describe('fillScrfdInput', () => {
  const area = 640 * 640;
  const at = (input: Float32Array, plane: number, x: number, y: number) => input[plane * area + y * 640 + x];
  const level = (value: number) => Math.fround((value - 127.5) / 128);

  it('feeds planes in the order of the pack: B,G,R for the sidecar, R,G,B for the model as published', () => {
    const picture = flatPicture(64, 64, [10, 20, 30]);
    const window = { x: 0, y: 0, width: 64, height: 64 };
    const box = letterbox(64, 64, 640);
    const input = new Float32Array(3 * area);
    fillScrfdInput(picture, window, box, whole, detector, input);
    expect([0, 1, 2].map((plane) => at(input, plane, 5, 5))).toEqual([30, 20, 10].map(level));
    fillScrfdInput(picture, window, box, whole, { ...detector, channels: 'rgb' }, input);
    expect([0, 1, 2].map((plane) => at(input, plane, 5, 5))).toEqual([10, 20, 30].map(level));
  });

  it('pads the rest of the canvas with normalised black', () => {
    const input = new Float32Array(3 * area).fill(9);
    fillScrfdInput(
      flatPicture(100, 50, [255, 255, 255]),
      { x: 0, y: 0, width: 100, height: 50 },
      letterbox(100, 50, 640),
      whole,
      detector,
      input,
    );
    expect(at(input, 0, 639, 319)).toBeCloseTo(level(255), 6);
    expect(at(input, 0, 0, 320)).toBe(-0.99609375);
    expect(at(input, 2, 639, 639)).toBe(-0.99609375);
    fillScrfdInput(
      flatPicture(50, 100, [255, 255, 255]),
      { x: 0, y: 0, width: 50, height: 100 },
      letterbox(50, 100, 640),
      whole,
      detector,
      input.fill(9),
    );
    expect(at(input, 1, 319, 639)).toBeCloseTo(level(255), 6);
    expect([at(input, 0, 320, 0), at(input, 1, 639, 5), at(input, 2, 320, 639)]).toEqual(
      Array(3).fill(-0.99609375),
    );
  });
});

describe('fillScrfdInput on a cropped canvas', () => {
  it('lays rows of the cropped width, and pads right and below', () => {
    const box = letterbox(50, 100, 64);
    const canvas = { width: 64, height: 96 };
    const input = new Float32Array(3 * 64 * 96).fill(9);
    const picture = flatPicture(50, 100, [255, 255, 255]);
    fillScrfdInput(picture, { x: 0, y: 0, width: 50, height: 100 }, box, canvas, detector, input);
    const black = input.reduce((count, value) => count + (value === -0.99609375 ? 1 : 0), 0);
    expect(black).toBe(3 * (64 * 96 - 32 * 64));
    expect(input.includes(9)).toBe(false);
    expect(input[64 * 96 * 2 + 63 * 64 + 31]).toBeGreaterThan(0.99);
  });
});

describe('readScrfdOutputs', () => {
  it.each([
    [163, 80, 8, [8, 8]],
    [799, 20, 32, [608, 608]],
    [0, 40, 16, [0, 0]],
  ])(
    'puts the anchor of row %i on a grid of %i at its cell, without half a cell',
    (row, grid, stride, centre) => {
      expect(anchorCentre(row, grid, stride)).toEqual(centre);
    },
  );

  it('reads boxes and landmarks in strides around the anchor, back in picture pixels', () => {
    const levels = emptyOutputs();
    const [scores, boxes, landmarks] = levels[1] ?? [];
    scores?.set([0.9], 82); // Row 82 of stride 16: cell 41, so column 1, row 1.
    boxes?.set([1, 0.5, 2, 3], 82 * 4);
    landmarks?.set([0, 0, 1, 0, 0, 1, -1, -1, 0.5, 0.5], 82 * 10);
    const outputs = [0, 1, 2].flatMap((kind) => levels.map((level) => level[kind] ?? new Float32Array()));
    const found = readScrfdOutputs(outputs, { x: 100, y: 0, width: 320, height: 320 }, 2, whole, detector);
    expect(found).toHaveLength(1);
    expect(found[0]?.box).toEqual([100, 4, 124, 32]);
    expect(found[0]?.landmarks).toEqual([
      [108, 8],
      [116, 8],
      [108, 16],
      [100, 0],
      [112, 12],
    ]);
    expect(found[0]?.confidence).toBeCloseTo(0.9, 6);
  });
});
