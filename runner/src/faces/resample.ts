import type { Picture } from './picture.ts';

/** A rectangle in px of a picture; where it sticks out, the picture is continued in black. */
export interface Window {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where `resample` writes a pixel: `offset` = row * rowStride + column * pixelStride, plus the start of each channel. */
export interface SampleTarget {
  samples: Float32Array;
  rowStride: number;
  pixelStride: number;
  /** Start of red, green and blue in `samples`. */
  starts: readonly [number, number, number];
  /** Value for each of the 256 levels. */
  levels: Float32Array;
}

/** For each output index: the two source indexes (-1 is black) and the weight of the second. */
interface Axis {
  first: Int32Array;
  second: Int32Array;
  weight: Float32Array;
}

/**
 * Resizes `window` of `picture` to `width` x `height` px the way OpenCV's "linear" does: source = (d + 0.5) * in / out - 0.5,
 * no smoothing when shrinking, rounded to 8 bits, then mapped through `target.levels`.
 */
export function resample(
  picture: Picture,
  window: Window,
  width: number,
  height: number,
  target: SampleTarget,
): void {
  const columns = axisMap(window.x, window.width, width, picture.width);
  const rows = axisMap(window.y, window.height, height, picture.height);
  const length = width * 3;
  let upper = { row: -2, samples: new Float32Array(length) };
  let lower = { row: -2, samples: new Float32Array(length) };
  for (let y = 0; y < height; y++) {
    const first = rows.first[y] ?? -1;
    const second = rows.second[y] ?? -1;
    // Going down, the lower row of one output line is often the upper row of the next.
    if (lower.row === first) [upper, lower] = [lower, upper];
    fillRow(upper, first, picture, columns);
    fillRow(lower, second, picture, columns);
    blendRows(upper.samples, lower.samples, rows.weight[y] ?? 0, y * target.rowStride, target);
  }
}

function axisMap(start: number, length: number, outLength: number, pictureLength: number): Axis {
  const first = new Int32Array(outLength);
  const second = new Int32Array(outLength);
  const weight = new Float32Array(outLength);
  const step = length / outLength;
  const last = Math.max(0, Math.ceil(length) - 1);
  for (let d = 0; d < outLength; d++) {
    const source = (d + 0.5) * step - 0.5;
    const low = Math.floor(source);
    weight[d] = source - low;
    first[d] = insideOrBlack(start + clamp(low, last), pictureLength);
    second[d] = insideOrBlack(start + clamp(low + 1, last), pictureLength);
  }
  return { first, second, weight };
}

function clamp(index: number, last: number): number {
  return index < 0 ? 0 : index > last ? last : index;
}

function insideOrBlack(index: number, length: number): number {
  return index < 0 || index >= length ? -1 : index;
}

function fillRow(
  cache: { row: number; samples: Float32Array },
  row: number,
  picture: Picture,
  columns: Axis,
): void {
  if (cache.row === row) return;
  cache.row = row;
  const { samples } = cache;
  if (row < 0) {
    samples.fill(0);
    return;
  }
  const { pixels } = picture;
  const { first, second, weight } = columns;
  const base = row * picture.width * 3;
  for (let x = 0, at = 0; x < first.length; x++, at += 3) {
    const a = first[x] ?? -1;
    const b = second[x] ?? -1;
    const w = weight[x] ?? 0;
    const left = base + a * 3;
    const right = base + b * 3;
    for (let c = 0; c < 3; c++) {
      const from = a < 0 ? 0 : (pixels[left + c] ?? 0);
      const to = b < 0 ? 0 : (pixels[right + c] ?? 0);
      samples[at + c] = from + (to - from) * w;
    }
  }
}

function blendRows(
  upper: Float32Array,
  lower: Float32Array,
  weight: number,
  start: number,
  target: SampleTarget,
): void {
  const { samples, levels, pixelStride } = target;
  const [red, green, blue] = target.starts;
  for (let i = 0, at = start; i < upper.length; i += 3, at += pixelStride) {
    samples[red + at] = levels[blend(upper, lower, i, weight)] ?? 0;
    samples[green + at] = levels[blend(upper, lower, i + 1, weight)] ?? 0;
    samples[blue + at] = levels[blend(upper, lower, i + 2, weight)] ?? 0;
  }
}

function blend(upper: Float32Array, lower: Float32Array, i: number, weight: number): number {
  const from = upper[i] ?? 0;
  return (from + ((lower[i] ?? 0) - from) * weight + 0.5) | 0;
}
