import { readFileSync } from 'node:fs';

/** WebAssembly's unit of memory in bytes. */
const pageBytes = 65_536;
/** The code reads 8 bytes at a time, 2 beyond the last pixel of a row. */
const overread = 8;

/** What the two rows of source pixels are blended with, in 1/2048. */
export interface RowWeights {
  upper: number;
  lower: number;
}

/** Blends rows of R,G,B bytes to rows of float32, `width` samples for each channel. One call at a time. */
export interface RowBlender {
  /** Puts a row of source pixels into slot 0 or 1. */
  load(slot: number, row: Uint8Array): void;
  /** Blends the row in slot `upperSlot` with the one in the other slot, or with itself: red, green and blue, valid until the next call. */
  blend(upperSlot: number, lowerSlot: number, weights: RowWeights): readonly Float32Array[];
}

/** How a row is resized horizontally and scaled. */
export interface RowPlan {
  /** Per output pixel the offset in bytes of its left source pixel. */
  offsets: Int32Array;
  /** Per output pixel the weights of the left source pixel and of the one after it, in 1/2048. */
  weights: Int16Array;
  /** Bytes of the longest row that is loaded. */
  rowBytes: number;
  /** sample = level * gain + offset */
  gain: number;
  offset: number;
}

/** What `blend-row.wat` exports. */
interface BlendRow {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  blendRow(
    upper: number,
    lower: number,
    upperWeight: number,
    lowerWeight: number,
    columns: number,
    width: number,
    gain: number,
    offset: number,
    red: number,
    green: number,
    blue: number,
  ): void;
}

/** The compiler's library has WebAssembly only among the types of browsers. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: BlendRow };
};

const code = readFileSync(new URL('./blend-row.wasm', import.meta.url));
const { memory, blendRow } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports;

/**
 * Prepares the WebAssembly code of `blend-row.wat` for rows of one kind. A plan is valid until the next one is made: all share
 * the memory of the thread, which holds two rows and no picture.
 */
export function openRowBlender(plan: RowPlan): RowBlender {
  const width = plan.offsets.length;
  const slotBytes = Math.ceil((plan.rowBytes + overread) / 16) * 16;
  const outAt = width * 8;
  const slotsAt = outAt + width * 12;
  const missing = slotsAt + 2 * slotBytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));

  const offsets = new Int32Array(memory.buffer, 0, width * 2);
  const weights = new Int16Array(memory.buffer, 0, width * 4);
  for (let i = 0; i < width; i++) {
    offsets[i * 2] = plan.offsets[i] ?? 0;
    weights[i * 4 + 2] = plan.weights[i * 2] ?? 0;
    weights[i * 4 + 3] = plan.weights[i * 2 + 1] ?? 0;
  }
  const bytes = new Uint8Array(memory.buffer);
  const [red, green, blue] = [outAt, outAt + width * 4, outAt + width * 8];
  const channels = [red, green, blue].map((start) => new Float32Array(memory.buffer, start, width));
  const slotAt = (slot: number) => slotsAt + slot * slotBytes;
  return {
    load: (slot, row) => bytes.set(row, slotAt(slot)),
    blend(upperSlot, lowerSlot, { upper, lower }) {
      const [above, below] = [slotAt(upperSlot), slotAt(lowerSlot)];
      blendRow(above, below, upper, lower, 0, width, plan.gain, plan.offset, red, green, blue);
      return channels;
    },
  };
}
