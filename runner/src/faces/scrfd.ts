import type { ScrfdDetector } from '../models/pack.ts';
import { channelStarts, pixelGain } from './network-input.ts';
import type { Detection, Landmarks, Picture, Point } from './picture.ts';
import { resample, type Window } from './resample.ts';
import { suppressOverlaps } from './suppress-overlaps.ts';

const strides = [8, 16, 32];
const anchorsPerCell = 2;

/** How a picture lies on the detector's square canvas: top left, the rest is padding. */
export interface Letterbox {
  width: number;
  height: number;
  /** Canvas px per picture px, for both axes. */
  scale: number;
}

/** Largest size with the picture's shape on a `size` x `size` canvas, truncated as InsightFace does. */
export function letterbox(width: number, height: number, size: number): Letterbox {
  const ratio = height / width;
  const fit =
    ratio > 1
      ? { width: Math.trunc(size / ratio), height: size }
      : { width: size, height: Math.trunc(size * ratio) };
  // A picture of 16000 x 2 would vanish: one row keeps the arithmetic alive.
  const newHeight = Math.max(1, fit.height);
  return { width: Math.max(1, fit.width), height: newHeight, scale: newHeight / height };
}

/** Fills `input` (`[1, 3, size, size]`) with the letterboxed `window` of the picture, and says how it lies there. */
export function fillScrfdInput(
  picture: Picture,
  window: Window,
  detector: ScrfdDetector,
  input: Float32Array,
): Letterbox {
  const size = detector.inputSize;
  const { gain, offset } = pixelGain(detector);
  const box = letterbox(window.width, window.height, size);
  // Black after normalisation is level 0, which is the offset.
  padCanvas(input, size, box, offset);
  resample(picture, window, box.width, box.height, {
    samples: input,
    rowStride: size,
    starts: channelStarts(detector.channels, size * size),
    gain,
    offset,
  });
  return box;
}

/** Fills right of and below the picture only: the whole canvas is 5 MB, and a square picture leaves nothing of it free. */
function padCanvas(input: Float32Array, size: number, box: Letterbox, value: number): void {
  for (let plane = 0; plane < input.length; plane += size * size) {
    input.fill(value, plane + box.height * size, plane + size * size);
    if (box.width === size) continue;
    for (let row = plane; row < plane + box.height * size; row += size) {
      input.fill(value, row + box.width, row + size);
    }
  }
}

/**
 * Reads the nine outputs (scores, boxes, landmarks; each for strides 8, 16, 32) back to picture coordinates: the InsightFace
 * SCRFD decoder, with anchor centres at column * stride, row * stride.
 */
export function readScrfdOutputs(
  outputs: Float32Array[],
  window: Window,
  scale: number,
  detector: ScrfdDetector,
): Detection[] {
  const found: Detection[] = [];
  strides.forEach((stride, level) => {
    const scores = outputs[level];
    const boxes = outputs[level + strides.length];
    const landmarks = outputs[level + strides.length * 2];
    if (!scores || !boxes || !landmarks)
      throw new Error(`SCRFD answered ${outputs.length} tensors, expected 9`);
    const grid = detector.inputSize / stride;
    for (let row = 0; row < scores.length; row++) {
      const confidence = scores[row] ?? 0;
      if (confidence < detector.scoreThreshold) continue;
      found.push({ confidence, ...readAnchor(row, grid, stride, boxes, landmarks, window, scale) });
    }
  });
  return suppressOverlaps(found, detector.nmsThreshold);
}

/** Centre of the anchor of output row `row`, in canvas px; two rows share each cell of the grid. */
export function anchorCentre(row: number, grid: number, stride: number): Point {
  const cell = Math.floor(row / anchorsPerCell);
  return [(cell % grid) * stride, Math.floor(cell / grid) * stride];
}

function readAnchor(
  row: number,
  grid: number,
  stride: number,
  boxes: Float32Array,
  landmarks: Float32Array,
  window: Window,
  scale: number,
): Pick<Detection, 'box' | 'landmarks'> {
  const [centreX, centreY] = anchorCentre(row, grid, stride);
  const toX = (distance: number) => (centreX + distance * stride) / scale + window.x;
  const toY = (distance: number) => (centreY + distance * stride) / scale + window.y;
  const edge = (i: number) => boxes[row * 4 + i] ?? 0;
  const point = (i: number): Point => [
    toX(landmarks[row * 10 + i * 2] ?? 0),
    toY(landmarks[row * 10 + i * 2 + 1] ?? 0),
  ];
  const five: Landmarks = [point(0), point(1), point(2), point(3), point(4)];
  return { box: [toX(-edge(0)), toY(-edge(1)), toX(edge(2)), toY(edge(3))], landmarks: five };
}
