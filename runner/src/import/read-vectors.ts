import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { ImportError } from './import-error.ts';

const DIMENSIONS = 512;
const FLOAT32_BYTES = 4 * DIMENSIONS;
const FLOAT16_BYTES = 2 * DIMENSIONS;
/** Entries read at once while the labels of a file are listed. */
const ENTRIES_PER_READ = 1_024;
const NO_VECTOR = -1;

/** The vectors of an index file, read one by one from the disk. */
export interface VectorFile {
  /** The vector of a label, scaled to length 1 `[512]`; null when there is none, or one that is no direction. */
  read(label: number): Float32Array | null;
  close(): void;
}

interface Layout {
  /** File position of each label's vector, or `NO_VECTOR`. */
  positions: Float64Array;
  decode: (bytes: Buffer) => Float32Array;
  bytes: number;
}

/**
 * Opens a Voyager 2 index of 512-dimensional cosine vectors (reference: Spotify's Voyager, `Metadata` and hnswlib's `saveIndex`).
 * The graph is not looked at.
 *
 * @throws ImportError `not_a_release` when it is another kind of file, or shorter than it says
 */
export function openVoyager(path: string): VectorFile {
  return openWith(path, voyagerLayout);
}

/**
 * Opens a USearch 2 index of 512-dimensional cosine vectors as 32-bit floats, 16-bit floats or bfloat16 (reference: USearch,
 * `index_dense_head_t` and `save_to_stream`). The links of the graph are not looked at.
 *
 * @throws ImportError `not_a_release` when it is another kind of file, or shorter than it says
 */
export function openUsearch(path: string): VectorFile {
  return openWith(path, usearchLayout);
}

function openWith(path: string, read: (file: BinaryFile) => Layout): VectorFile {
  const file = new BinaryFile(path);
  try {
    const { positions, decode, bytes } = read(file);
    return {
      read(label) {
        const position = positions[label] ?? NO_VECTOR;
        return position === NO_VECTOR ? null : toUnit(decode(file.read(position, bytes)));
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Positional reads of a file that may be cut short. */
class BinaryFile {
  readonly name: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.name = basename(path);
    this.#descriptor = openSync(path, 'r');
  }

  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const found = readSync(this.#descriptor, bytes, 0, length, position);
    if (found < length) this.refuse('it ends before its last vector');
    return bytes;
  }

  refuse(why: string): never {
    throw new ImportError('not_a_release', `${this.name} cannot be imported: ${why}`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

const VOYAGER_HEADER_BYTES = 19;
const HNSWLIB_FIXED_BYTES = 96;
const VOYAGER_COSINE = 2;
const VOYAGER_FLOAT32 = 0x20;

function voyagerLayout(file: BinaryFile): Layout {
  const head = file.read(0, VOYAGER_HEADER_BYTES + HNSWLIB_FIXED_BYTES);
  if (head.toString('latin1', 0, 4) !== 'VOYA') file.refuse('it is no Voyager 2 index');
  const [dimensions, space, storage] = [head.readInt32LE(8), head.readUInt8(12), head.readUInt8(13)];
  if (dimensions !== DIMENSIONS || space !== VOYAGER_COSINE || storage !== VOYAGER_FLOAT32) {
    file.refuse(
      `it holds vectors of ${dimensions} dimensions, space ${space} and storage type ${storage}, ` +
        `not of ${DIMENSIONS}, cosine (${VOYAGER_COSINE}) and 32-bit floats (${VOYAGER_FLOAT32})`,
    );
  }
  const size = (offset: number) => Number(head.readBigUInt64LE(VOYAGER_HEADER_BYTES + offset));
  const [count, elementBytes, labelOffset, vectorOffset] = [size(16), size(24), size(32), size(40)];
  if (labelOffset !== vectorOffset + FLOAT32_BYTES || elementBytes !== labelOffset + 8) {
    file.refuse(`its elements of ${elementBytes} bytes are not laid out as Voyager does it`);
  }
  const start = VOYAGER_HEADER_BYTES + HNSWLIB_FIXED_BYTES;
  const entries = listEntries(file, { start, count, bytes: elementBytes }, (entry) => ({
    label: entry.readBigUInt64LE(labelOffset),
    isDeleted: (entry.readUInt8(2) & 1) === 1,
  }));
  return {
    positions: positionsOf(file, entries, count, (slot) => start + slot * elementBytes + vectorOffset),
    decode: floatsOf,
    bytes: FLOAT32_BYTES,
  };
}

const USEARCH_HEAD_BYTES = 64;
const USEARCH_COSINE = 99;
const USEARCH_DELETED = 0xffff_ffff_ffff_ffffn;

function usearchLayout(file: BinaryFile): Layout {
  const matrix = file.read(0, 8);
  const [rows, bytes] = [matrix.readUInt32LE(0), matrix.readUInt32LE(4)];
  const headAt = 8 + rows * bytes;
  const head = file.read(headAt, USEARCH_HEAD_BYTES);
  if (head.toString('latin1', 0, 7) !== 'usearch' || head.readUInt16LE(7) !== 2) {
    file.refuse('it is no USearch 2 index');
  }
  const dimensions = Number(head.readBigUInt64LE(33));
  const [metric, scalar] = [head.readUInt8(13), head.readUInt8(14)];
  const decoder = usearchScalars.get(scalar);
  if (dimensions !== DIMENSIONS || metric !== USEARCH_COSINE || !decoder || decoder.bytes !== bytes) {
    file.refuse(
      `it holds vectors of ${dimensions} dimensions, metric ${metric} and scalar type ${scalar}, ` +
        `not of ${DIMENSIONS}, cosine (${USEARCH_COSINE}) and f32, f16 or bf16 (${[...usearchScalars.keys()].join(', ')})`,
    );
  }
  return {
    positions: positionsOf(
      file,
      usearchKeys(file, headAt + USEARCH_HEAD_BYTES, rows),
      rows,
      (slot) => 8 + slot * bytes,
    ),
    ...decoder,
  };
}

/** The keys of the nodes in the order of their slots. A node is as long as its level makes it. */
function* usearchKeys(file: BinaryFile, at: number, rows: number): Generator<Entry> {
  const graph = file.read(at, 40);
  const [size, connectivity, connectivityBase] = [0, 8, 16].map((offset) =>
    Number(graph.readBigUInt64LE(offset)),
  );
  if (size === undefined || connectivity === undefined || connectivityBase === undefined || size !== rows) {
    file.refuse(`its graph has ${size} nodes for ${rows} vectors`);
  }
  const levels = file.read(at + 40, 2 * size);
  let position = at + 40 + 2 * size;
  for (let slot = 0; slot < size; slot++) {
    const level = levels.readInt16LE(2 * slot);
    const label = file.read(position, 8).readBigUInt64LE(0);
    yield { label, isDeleted: label === USEARCH_DELETED };
    position += 10 + (4 + 4 * connectivityBase) + level * (4 + 4 * connectivity);
  }
}

interface Entry {
  label: bigint;
  isDeleted: boolean;
}

function* listEntries(
  file: BinaryFile,
  { start, count, bytes }: { start: number; count: number; bytes: number },
  read: (entry: Buffer) => Entry,
): Generator<Entry> {
  for (let from = 0; from < count; from += ENTRIES_PER_READ) {
    const entries = Math.min(ENTRIES_PER_READ, count - from);
    const block = file.read(start + from * bytes, entries * bytes);
    for (let entry = 0; entry < entries; entry++)
      yield read(block.subarray(entry * bytes, (entry + 1) * bytes));
  }
}

/** Labels are counted from 0 and never given twice, so that a gap costs 8 bytes. */
const MAX_GAPS_PER_VECTOR = 100;

function positionsOf(
  file: BinaryFile,
  entries: Iterable<Entry>,
  count: number,
  positionOf: (slot: number) => number,
): Float64Array {
  const labels = new Float64Array(count).fill(NO_VECTOR);
  let slot = 0;
  let highest = -1;
  for (const { label, isDeleted } of entries) {
    if (!isDeleted) {
      if (label > BigInt(count) * BigInt(MAX_GAPS_PER_VECTOR))
        file.refuse(`label ${label} is none of ${count} vectors`);
      labels[slot] = Number(label);
      highest = Math.max(highest, Number(label));
    }
    slot += 1;
  }
  const positions = new Float64Array(highest + 1).fill(NO_VECTOR);
  for (const [at, label] of labels.entries()) {
    if (label === NO_VECTOR) continue;
    if (positions[label] !== NO_VECTOR) file.refuse(`label ${label} occurs twice`);
    positions[label] = positionOf(at);
  }
  return positions;
}

const usearchScalars = new Map<number, Pick<Layout, 'decode' | 'bytes'>>([
  [11, { decode: floatsOf, bytes: FLOAT32_BYTES }],
  [12, { decode: halvesOf, bytes: FLOAT16_BYTES }],
  [4, { decode: bfloatsOf, bytes: FLOAT16_BYTES }],
]);

function floatsOf(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, (_, at) => bytes.readFloatLE(4 * at));
}

/** IEEE 754 binary16. */
function halvesOf(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, (_, at) => {
    const bits = bytes.readUInt16LE(2 * at);
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  });
}

/** The upper half of a 32-bit float. */
function bfloatsOf(bytes: Buffer): Float32Array {
  const wide = new Uint32Array(DIMENSIONS).map((_, at) => bytes.readUInt16LE(2 * at) << 16);
  return new Float32Array(wide.buffer);
}

/** A vector scaled to length 1; null when it is no direction. */
export function toUnit(vector: Float32Array): Float32Array | null {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) return null;
  return vector.map((value) => value / length);
}
