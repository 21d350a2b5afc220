import type { Picture } from './picture.ts';

/** A rectangle of whole px of a picture; where it sticks out, the picture is continued in black. */
export interface Window {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where `resample` writes, and what: sample = level * gain + offset, at channel start + row * rowStride + column. */
export interface SampleTarget {
  samples: Float32Array;
  rowStride: number;
  /** Start of red, green and blue in `samples`. */
  starts: readonly [number, number, number];
  gain: number;
  offset: number;
}

/** One source row, resized horizontally; interleaved R,G,B times `unit`. */
interface WideRow {
  source: number;
  samples: Int32Array;
}

/** Weights are whole numbers of 11 bits, as in OpenCV: two passes stay inside 31 bits, and integers are what is fast here. */
const unit = 2048;
const half = 1 << 21;
const bits = 22;

/**
 * Resizes `window` of `picture` to `width` x `height` px the way OpenCV's "linear" does: source = (d + 0.5) * in / out - 0.5,
 * no smoothing when shrinking, rounded to 8 bits.
 */
export function resample(
  picture: Picture,
  window: Window,
  width: number,
  height: number,
  target: SampleTarget,
): void {
  const columns = neighbours(window.x, window.width, width, picture.width);
  const rows = neighbours(window.y, window.height, height, picture.height);
  let upper: WideRow = { source: -1, samples: new Int32Array(width * 3) };
  let lower: WideRow = { source: -1, samples: new Int32Array(width * 3) };
  for (let y = 0; y < height; y++) {
    const source = rows[y * 3] ?? 0;
    // Going down, the lower row of one output row is often the upper row of the next.
    if (lower.source === source) [upper, lower] = [lower, upper];
    widenRow(upper, source, picture, columns);
    widenRow(lower, Math.min(source + 1, picture.height - 1), picture, columns);
    blendRows(
      upper.samples,
      lower.samples,
      rows[y * 3 + 1] ?? 0,
      rows[y * 3 + 2] ?? 0,
      y * target.rowStride,
      target,
    );
  }
}

/**
 * For each output index three numbers: a source index, its weight, and the weight of the index after it. At the window's
 * border the pixel there is repeated; outside the picture the weight is 0, which is black.
 */
function neighbours(start: number, length: number, outLength: number, pictureLength: number): Int32Array {
  const table = new Int32Array(outLength * 3);
  for (let d = 0; d < outLength; d++) {
    const source = ((d + 0.5) * length) / outLength - 0.5;
    const whole = Math.floor(source);
    const weight = Math.round((source - whole) * unit);
    const low = start + Math.min(Math.max(whole, 0), length - 1);
    const high = start + Math.min(Math.max(whole + 1, 0), length - 1);
    const base = Math.max(0, Math.min(low, pictureLength - 2));
    table[d * 3] = base;
    if (low >= 0 && low < pictureLength) table[d * 3 + 1 + low - base] = unit - weight;
    if (high >= 0 && high < pictureLength) {
      const slot = d * 3 + 1 + high - base;
      table[slot] = (table[slot] ?? 0) + weight;
    }
  }
  return table;
}

function widenRow(row: WideRow, source: number, { pixels, width }: Picture, columns: Int32Array): void {
  if (row.source === source) return;
  row.source = source;
  const { samples } = row;
  const start = source * width * 3;
  for (let at = 0; at < samples.length; at += 3) {
    const from = start + (columns[at] ?? 0) * 3;
    const a = columns[at + 1] ?? 0;
    const b = columns[at + 2] ?? 0;
    samples[at] = Math.imul(pixels[from] ?? 0, a) + Math.imul(pixels[from + 3] ?? 0, b);
    samples[at + 1] = Math.imul(pixels[from + 1] ?? 0, a) + Math.imul(pixels[from + 4] ?? 0, b);
    samples[at + 2] = Math.imul(pixels[from + 2] ?? 0, a) + Math.imul(pixels[from + 5] ?? 0, b);
  }
}

function blendRows(
  upper: Int32Array,
  lower: Int32Array,
  a: number,
  b: number,
  start: number,
  { samples, starts, gain, offset }: SampleTarget,
): void {
  let red = starts[0] + start;
  let green = starts[1] + start;
  let blue = starts[2] + start;
  for (let i = 0; i < upper.length; i += 3) {
    samples[red++] = blend(upper[i] ?? 0, lower[i] ?? 0, a, b) * gain + offset;
    samples[green++] = blend(upper[i + 1] ?? 0, lower[i + 1] ?? 0, a, b) * gain + offset;
    samples[blue++] = blend(upper[i + 2] ?? 0, lower[i + 2] ?? 0, a, b) * gain + offset;
  }
}

/** `Math.imul` tells the engine that products stay whole numbers of 32 bits, which it then computes without checks. */
function blend(upper: number, lower: number, a: number, b: number): number {
  return (Math.imul(upper, a) + Math.imul(lower, b) + half) >> bits;
}
