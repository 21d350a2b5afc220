import type { StarterDetector } from '../models/pack.ts';
import { channelStarts, pixelGain } from './network-input.ts';
import type { Box, Landmarks, Picture, Point } from './picture.ts';
import { resample, type Window } from './resample.ts';
import { suppressOverlaps } from './suppress-overlaps.ts';

/** Candidates that go into suppression, best first, as the package's own code limits them. */
const maxCandidates = 750;

/** A face box with its score, before landmarks. */
export interface FaceBox {
  box: Box;
  confidence: number;
}

/** Fills `input` (`[1, 3, inputHeight, inputWidth]`) with `window` of the picture, stretched to the model's shape. */
export function fillStarterInput(
  picture: Picture,
  window: Window,
  detector: StarterDetector,
  input: Float32Array,
): void {
  const { inputWidth, inputHeight } = detector;
  resample(picture, window, inputWidth, inputHeight, {
    samples: input,
    rowStride: inputWidth,
    starts: channelStarts(detector.channels, inputWidth * inputHeight),
    ...pixelGain(detector),
  });
}

/** Reads `scores` `[n, 2]` (no face, face) and `boxes` `[n, 4]` (x1 y1 x2 y2, 0 to 1 of the window). */
export function readStarterBoxes(
  scores: Float32Array,
  boxes: Float32Array,
  window: Window,
  detector: StarterDetector,
): FaceBox[] {
  const found: FaceBox[] = [];
  for (let row = 0; row * 2 < scores.length; row++) {
    const confidence = scores[row * 2 + 1] ?? 0;
    if (confidence < detector.scoreThreshold) continue;
    const x = (i: number) => (boxes[row * 4 + i] ?? 0) * window.width + window.x;
    const y = (i: number) => (boxes[row * 4 + i] ?? 0) * window.height + window.y;
    found.push({ confidence, box: [x(0), y(1), x(2), y(3)] });
  }
  found.sort((a, b) => b.confidence - a.confidence);
  return suppressOverlaps(found.slice(0, maxCandidates), detector.nmsThreshold);
}

/** The square that the landmark model looks at: as high as the box, centred on it, on whole pixels. */
export function landmarkWindow([x1, y1, x2, y2]: Box): Window {
  const side = Math.max(1, Math.round(y2 - y1));
  return {
    x: Math.round((x1 + x2) / 2 - side / 2),
    y: Math.round((y1 + y2) / 2 - side / 2),
    width: side,
    height: side,
  };
}

/** Fills `input` (`[1, 1, size, size]`) with the window in grey (ITU-R 601 weights), divided by 256. */
export function fillLandmarkInput(picture: Picture, window: Window, size: number, input: Float32Array): void {
  const area = size * size;
  const colours = new Float32Array(area * 3);
  resample(picture, window, size, size, {
    samples: colours,
    rowStride: size,
    starts: [0, area, area * 2],
    gain: 1,
    offset: 0,
  });
  for (let i = 0; i < area; i++) {
    const red = colours[i] ?? 0;
    const green = colours[i + area] ?? 0;
    const blue = colours[i + area * 2] ?? 0;
    input[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue) / 256;
  }
}

/** The 68 points (`[136]`, 0 to 1 of the window) in px of the picture. */
export function readLandmarkPoints(output: Float32Array, window: Window): Point[] {
  return Array.from(
    { length: 68 },
    (_, i): Point => [
      (output[i * 2] ?? 0) * window.width + window.x,
      (output[i * 2 + 1] ?? 0) * window.height + window.y,
    ],
  );
}

/** The box around points. */
export function boundsOf(points: Point[]): Box {
  const box: Box = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** Eyes (the four lid points each), nose tip and mouth corners (outer and inner) out of the usual 68. */
export function fiveOfSixtyEight(points: Point[]): Landmarks {
  const middle = (...indexes: number[]): Point => {
    const sum = indexes.reduce<Point>(
      ([x, y], i) => [x + (points[i]?.[0] ?? 0), y + (points[i]?.[1] ?? 0)],
      [0, 0],
    );
    return [sum[0] / indexes.length, sum[1] / indexes.length];
  };
  return [middle(37, 38, 40, 41), middle(43, 44, 46, 47), middle(30), middle(48, 60), middle(54, 64)];
}
