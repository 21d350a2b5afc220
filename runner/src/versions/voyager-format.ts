/**
 * The layout of a Voyager 2 index file: a 19-byte header, then hnswlib's own file as it is (Spotify's Voyager,
 * `Index.load`; hnswlib 0.8 `saveIndex`). Everything is little-endian and unpadded.
 */

export const DIMENSIONS = 512;
export const HEADER_BYTES = 19;
/** hnswlib's fixed part behind the header. */
export const BODY_BYTES = 96;

const MAGIC = 'VOYA';
const METADATA_VERSION = 1;
const SPACE_COSINE = 2;
const STORAGE_FLOAT32 = 0x20;

/** Header of a 512-dimensional cosine index of 32-bit floats, without the order-preserving transform. */
export function voyagerHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'ascii');
  header.writeInt32LE(METADATA_VERSION, 4);
  header.writeInt32LE(DIMENSIONS, 8);
  header.writeUInt8(SPACE_COSINE, 12);
  header.writeUInt8(STORAGE_FLOAT32, 13);
  return header;
}

/** hnswlib's fixed part. Sizes and offsets in bytes. */
export interface IndexLayout {
  offsetLevel0: number;
  maxElements: number;
  count: number;
  elementBytes: number;
  labelOffset: number;
  vectorOffset: number;
  maxLevel: number;
  entryPoint: number;
  maxM: number;
  maxM0: number;
  m: number;
  efConstruction: number;
}

/** @param body at least `BODY_BYTES`, from behind the header. */
export function parseLayout(body: Buffer): IndexLayout {
  const size = (offset: number) => Number(body.readBigUInt64LE(offset));
  return {
    offsetLevel0: size(0),
    maxElements: size(8),
    count: size(16),
    elementBytes: size(24),
    labelOffset: size(32),
    vectorOffset: size(40),
    maxLevel: body.readInt32LE(48),
    entryPoint: body.readUInt32LE(52),
    maxM: size(56),
    maxM0: size(64),
    m: size(72),
    efConstruction: size(88),
  };
}

/** What is wrong with a layout, against the sizes that its own M and the dimensions dictate. */
export function layoutProblems(layout: IndexLayout): string[] {
  const vectorOffset = 4 + 4 * layout.maxM0;
  const labelOffset = vectorOffset + 4 * DIMENSIONS;
  const wanted: [name: string, found: number, expected: number][] = [
    ['offsetLevel0', layout.offsetLevel0, 0],
    ['max_elements', layout.maxElements, layout.count],
    ['maxM', layout.maxM, layout.m],
    ['maxM0', layout.maxM0, 2 * layout.m],
    ['offsetData', layout.vectorOffset, vectorOffset],
    ['label_offset', layout.labelOffset, labelOffset],
    ['size_data_per_element', layout.elementBytes, labelOffset + 8],
  ];
  const problems = wanted
    .filter(([, found, expected]) => found !== expected)
    .map(([name, found, expected]) => `${name} is ${found}, expected ${expected}`);
  if (layout.count === 0) problems.push('it is empty, and an empty index cannot be loaded');
  if (layout.count > 0 && layout.entryPoint >= layout.count) {
    problems.push(`entry point ${layout.entryPoint} is not one of its ${layout.count} elements`);
  }
  return problems;
}
