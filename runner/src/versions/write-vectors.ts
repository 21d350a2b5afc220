import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { CatalogDatabase } from '../catalog/database.ts';
import { vectorToBytes } from '../catalog/schema/vector-blob.ts';
import { fillerVector } from './filler-vector.ts';
import { selectVectors } from './select-content.ts';

/** In `owners`: nobody has this label in this version. */
export const GAP = 0;

/**
 * Writes the vectors of one model as a plain matrix `[owners.length, 512]` of little-endian floats, row = label.
 * @param owners performer id by label, or `GAP`, which gets a filler.
 * @throws Error when a label that has an owner has no vector.
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
    for (const { label, vector } of page) {
      if (label >= owners.length) break;
      if (owners[label] === GAP) continue;
      yield* fillers(owners, model, next, label);
      yield vectorToBytes(vector);
      next = label + 1;
    }
    await setImmediate();
  }
  yield* fillers(owners, model, next, owners.length);
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
