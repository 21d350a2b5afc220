import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { CatalogDatabase } from '../catalog/database.ts';
import { vectorToBytes } from '../catalog/schema/vector-blob.ts';
import { messageOf } from '../logs/message-of.ts';
import { selectVectors } from './select-content.ts';
import { VersionError } from './version-files.ts';
import { DIMENSIONS } from './voyager-format.ts';

/** In `owners`: nobody has this label in this version. */
const GAP = 0;

/**
 * Writes the vectors of one model as a plain matrix `[owners.length, 512]` of little-endian floats, row = label.
 * @param owners performer id by label, or `GAP`, which gets a filler.
 * @throws Error when a label that has an owner has no vector.
 * @throws VersionError `broken_vector` when one is no direction: in a graph, a single NaN hides other people's faces.
 */
export async function writeVectors(
  path: string,
  source: { database: CatalogDatabase; pack: string; model: string },
  owners: Int32Array,
): Promise<void> {
  await pipeline(matrixRows(source, owners), createWriteStream(path));
}

async function* matrixRows(
  { database, pack, model }: { database: CatalogDatabase; pack: string; model: string },
  owners: Int32Array,
): AsyncGenerator<Uint8Array> {
  let next = 0;
  for await (const page of selectVectors(database, pack, model)) {
    for (const { label, faceId, vector } of page) {
      if (label >= owners.length) break;
      if (owners[label] === GAP) continue;
      yield* fillers(owners, model, next, label);
      yield checkedBytes(
        vector,
        `The vector of ${model} of face ${faceId} (label ${label}, performer ${owners[label]})`,
      );
      next = label + 1;
    }
    await setImmediate();
  }
  yield* fillers(owners, model, next, owners.length);
}

function checkedBytes(vector: Float32Array, what: string): Uint8Array {
  try {
    return vectorToBytes(vector);
  } catch (cause) {
    throw new VersionError(
      'broken_vector',
      `${what} is damaged in the catalog, and would hide other faces in the index: ${messageOf(cause)}. Restore the catalog from a ` +
        'backup, or exclude this performer, and publish again.',
      { cause },
    );
  }
}

function* fillers(owners: Int32Array, model: string, from: number, to: number): Generator<Uint8Array> {
  for (let label = from; label < to; label++) {
    if (owners[label] !== GAP) {
      throw new Error(
        `Label ${label} of performer ${owners[label]} has no vector of ${model}: the catalog changed while the ` +
          'version was being built. Publish again.',
      );
    }
    yield vectorToBytes(fillerVector(label));
  }
}

/**
 * What stands in the index at the label of somebody who left: a unit vector `[512]` in a direction made from the
 * label alone. Labels of an index must be 0..n-1, and nothing of the person may stay. In 512 dimensions such a
 * vector is about a right angle (distance 1) from every face, and `faces.json` says null there, which sidecars drop.
 */
function fillerVector(label: number): Float32Array {
  const random = generator(label);
  const vector = Float32Array.from({ length: DIMENSIONS }, () => {
    // Box and Muller: a normal distribution in every component has no preferred direction.
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Numbers in [0, 1) by a 32-bit xorshift (Marsaglia 2003), from a seed that is never zero. */
function generator(label: number): () => number {
  let state = (Math.imul(label + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4_294_967_296;
  };
}
