import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** So many components in a row are nobody's by chance. */
const RUN = 4;
/** Wider than what scaling a unit vector to length 1 once more changes. */
const TOLERANCE = 1e-7;

/**
 * How many runs of four neighbouring components of the vectors stand in `bytes`, at whatever offset, as little-endian floats:
 * as they are, or as an index that normalises them again has them.
 */
export function countRuns(bytes: Buffer, vectors: readonly Float32Array[]): number {
  const places = vectors
    .flatMap((vector) => [...vector.keys()].slice(0, vector.length - RUN + 1).map((at) => ({ vector, at })))
    .map(({ vector, at }) => ({ vector, at, value: vector[at] ?? 0 }))
    .sort((a, b) => a.value - b.value);
  const firsts = Float64Array.from(places, ({ value }) => value);
  let found = 0;
  for (let offset = 0; offset + RUN * 4 <= bytes.length; offset++) {
    const first = bytes.readFloatLE(offset);
    if (!(Math.abs(first) > TOLERANCE && Math.abs(first) <= 1)) continue;
    for (let i = lowerBound(firsts, first - TOLERANCE); (firsts[i] ?? 2) <= first + TOLERANCE; i++) {
      const { vector, at } = places[i] ?? { vector: new Float32Array(), at: 0 };
      if (isRun(bytes, offset, vector, at)) found += 1;
    }
  }
  return found;
}

function isRun(bytes: Buffer, offset: number, vector: Float32Array, at: number): boolean {
  for (let i = 1; i < RUN; i++) {
    const value = bytes.readFloatLE(offset + i * 4);
    if (!(Math.abs(value - (vector[at + i] ?? Number.NaN)) <= TOLERANCE)) return false;
  }
  return true;
}

function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every file under a folder. */
export function readAll(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}
