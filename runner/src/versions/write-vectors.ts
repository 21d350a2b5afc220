import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { CatalogDatabase } from '../catalog/database.ts';
import { vectorToBytes } from '../catalog/schema/vector-blob.ts';
import { messageOf } from '../logs/message-of.ts';
import { fillerVector } from './filler-vector.ts';
import { selectVectors } from './select-content.ts';
import { VersionError } from './version-error.ts';

/** In `owners`: nobody has this label in this version. */
export const GAP = 0;

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
