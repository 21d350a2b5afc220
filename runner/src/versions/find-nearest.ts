import { clampDistance } from '../faces/unit-vector.ts';
import { scanVoyager } from './scan-voyager.ts';
import { DIMENSIONS } from './voyager-format.ts';

export interface Nearest {
  label: number;
  /** 1 - cosine: 0 is the same direction. */
  distance: number;
}

/**
 * The `k` vectors of an index nearest to a vector `[512]` of any length, nearest first. Compares with every one
 * of them: exact, and a second for hundreds of thousands, which is what looking into a version needs.
 */
export async function findNearest(
  indexPath: string,
  query: Float32Array,
  k: number,
  isWanted: (label: number) => boolean = () => true,
): Promise<Nearest[]> {
  if (query.length !== DIMENSIONS) {
    throw new RangeError(`A query has ${DIMENSIONS} components, this one ${query.length}`);
  }
  const length = Math.hypot(...query);
  if (!(length > 0)) throw new RangeError('A query needs a direction: this one is all zero, or not a number');
  const unit = query.map((value) => value / length);
  const best: Nearest[] = [];
  await scanVoyager(indexPath, (label, vector) => {
    const distance = clampDistance(1 - dot(unit, vector));
    if (best.length === k && distance >= (best.at(-1)?.distance ?? 0)) return;
    if (!isWanted(label)) return;
    best.splice(placeFor(best, distance), 0, { label, distance });
    if (best.length > k) best.pop();
  });
  return best;
}

/** The vector `[512]` with this label, or null. */
export async function readVector(indexPath: string, label: number): Promise<Float32Array | null> {
  let found: Float32Array | null = null;
  await scanVoyager(indexPath, (each, vector) => {
    if (each === label) found = vector.slice();
  });
  return found;
}

function placeFor(best: Nearest[], distance: number): number {
  const place = best.findIndex((each) => each.distance > distance);
  return place === -1 ? best.length : place;
}

/** A plain loop: this runs once per vector of the index. */
function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < DIMENSIONS; i++) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
}
