import type { Picture } from './picture.ts';
import { openRowBlender } from './simd/row-blender.ts';

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

/** Weights are whole numbers of 11 bits, as in OpenCV: two passes stay inside 31 bits. */
const unit = 2048;

/**
 * Resizes `window` of `picture` to `width` x `height` px the way OpenCV's "linear" does: source = (d + 0.5) * in / out - 0.5,
 * no smoothing when shrinking, rounded to 8 bits. In WebAssembly with vector instructions, a quarter of what JavaScript takes.
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
  const [first = 0] = columns.bases;
  const past = Math.min((columns.bases.at(-1) ?? 0) + 2, picture.width);
  const blender = openRowBlender({
    offsets: columns.bases.map((base) => (base - first) * 3),
    weights: columns.weights,
    rowBytes: (past - first) * 3,
    gain: target.gain,
    offset: target.offset,
  });
  const held = [-1, -1];
  /** The slot that holds the row; slot `other` stays as it is. */
  const slotOf = (source: number, other: number): number => {
    const found = held.indexOf(source);
    if (found >= 0) return found;
    const slot = other === 0 ? 1 : 0;
    const start = source * picture.width;
    blender.load(slot, picture.pixels.subarray((start + first) * 3, (start + past) * 3));
    held[slot] = source;
    return slot;
  };
  for (let y = 0; y < height; y++) {
    const source = rows.bases[y] ?? 0;
    const below = Math.min(source + 1, picture.height - 1);
    // Going down, the lower row of one output row is often the upper row of the next.
    const upper = slotOf(source, held.indexOf(below));
    const lower = slotOf(below, upper);
    const weights = { upper: rows.weights[y * 2] ?? 0, lower: rows.weights[y * 2 + 1] ?? 0 };
    blender.blend(upper, lower, weights).forEach((channel, i) => {
      target.samples.set(channel, (target.starts[i] ?? 0) + y * target.rowStride);
    });
  }
}

/** For each output index the lower of two source indexes, and the weights of it and of the one after it (pairs). */
interface Neighbours {
  bases: Int32Array;
  weights: Int16Array;
}

/** At the window's border the pixel there is repeated; outside the picture the weight is 0, which is black. */
function neighbours(start: number, length: number, outLength: number, pictureLength: number): Neighbours {
  const bases = new Int32Array(outLength);
  const weights = new Int16Array(outLength * 2);
  for (let d = 0; d < outLength; d++) {
    const source = ((d + 0.5) * length) / outLength - 0.5;
    const whole = Math.floor(source);
    const weight = Math.round((source - whole) * unit);
    const low = start + Math.min(Math.max(whole, 0), length - 1);
    const high = start + Math.min(Math.max(whole + 1, 0), length - 1);
    const base = Math.max(0, Math.min(low, pictureLength - 2));
    bases[d] = base;
    if (low >= 0 && low < pictureLength) weights[d * 2 + low - base] = unit - weight;
    if (high >= 0 && high < pictureLength) {
      const slot = d * 2 + high - base;
      weights[slot] = (weights[slot] ?? 0) + weight;
    }
  }
  return { bases, weights };
}
