import type { ScrfdDetector } from '../models/pack.ts';
import { channelStarts, pixelGain } from './network-input.ts';
import type { Detection, Landmarks, Picture, Point } from './picture.ts';
import { resample, type Window } from './resample.ts';
import { suppressOverlaps } from './suppress-overlaps.ts';

const strides = [8, 16, 32];
const anchorsPerCell = 2;

/** Sides of the canvas are multiples of the coarsest stride: only then do all three grids cover it exactly. */
const canvasStep = 32;

/** How a picture lies on the detector's canvas: top left, the rest is padding. */
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

/** Sides in px of what the network looks at. */
export interface Canvas {
  width: number;
  height: number;
}

/**
 * Black that is kept beside the picture, in canvas px. A face that touches the picture's edge looks different where the canvas
 * ends there too. Least cosine to the whole canvas of 164 faces in 60 photos, a third of them cut by the edge: 0.932 without any
 * black, 0.989 with 8 px, 0.997 with 40 and 64 px (one doubtful face is lost, and boxes move by 3 px), 0.9996 with 96 px.
 */
const keptBlack = 96;

/**
 * The part of the square canvas of `size` px that the network has to look at: the picture and some black beside it. The rest says
 * nothing about faces, and a portrait of 2:3 takes 15 % less work without it, a film still of 16:9 a quarter less.
 */
export function croppedCanvas({ width, height }: Letterbox, size: number): Canvas {
  const cropped = (side: number) => Math.min(size, Math.ceil((side + keptBlack) / canvasStep) * canvasStep);
  return { width: cropped(width), height: cropped(height) };
}

/**
 * Fills `input` (`[1, 3, canvas.height, canvas.width]`, exactly that long) with the `window` of the picture, laid as `box` says,
 * and with black right of it and below.
 */
export function fillScrfdInput(
  picture: Picture,
  window: Window,
  box: Letterbox,
  canvas: Canvas,
  detector: ScrfdDetector,
  input: Float32Array,
): void {
  const { gain, offset } = pixelGain(detector);
  // Black after normalisation is level 0, which is the offset.
  padCanvas(input, canvas, box, offset);
  resample(picture, window, box.width, box.height, {
    samples: input,
    rowStride: canvas.width,
    starts: channelStarts(detector.channels, canvas.width * canvas.height),
    gain,
    offset,
  });
}

/** Fills right of and below the picture only: the whole canvas is up to 5 MB, and the picture covers most of it. */
function padCanvas(input: Float32Array, { width, height }: Canvas, box: Letterbox, value: number): void {
  for (let plane = 0; plane < input.length; plane += width * height) {
    input.fill(value, plane + box.height * width, plane + width * height);
    if (box.width === width) continue;
    for (let row = plane; row < plane + box.height * width; row += width) {
      input.fill(value, row + box.width, row + width);
    }
  }
}

/**
 * Reads the nine outputs (scores, boxes, landmarks; each for strides 8, 16, 32) back to picture coordinates: the InsightFace
 * SCRFD decoder, with anchor centres at column * stride, row * stride. `scale` is the letterbox's, `canvas` what was run.
 */
export function readScrfdOutputs(
  outputs: Float32Array[],
  window: Window,
  scale: number,
  canvas: Canvas,
  detector: ScrfdDetector,
): Detection[] {
  const found: Detection[] = [];
  strides.forEach((stride, level) => {
    const scores = outputs[level];
    const boxes = outputs[level + strides.length];
    const landmarks = outputs[level + strides.length * 2];
    if (!scores || !boxes || !landmarks)
      throw new Error(`SCRFD answered ${outputs.length} tensors, expected 9`);
    const grid = canvas.width / stride;
    for (let row = 0; row < scores.length; row++) {
      const confidence = scores[row] ?? 0;
      if (confidence < detector.scoreThreshold) continue;
      found.push({ confidence, ...readAnchor(row, grid, stride, boxes, landmarks, window, scale) });
    }
  });
  return suppressOverlaps(found, detector.nmsThreshold);
}

/** Centre of the anchor of output row `row`, in canvas px; two rows share each cell of a grid of `grid` columns. */
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
