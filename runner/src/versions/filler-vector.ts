import { DIMENSIONS } from './voyager-format.ts';

/**
 * What stands in the index at the label of somebody who left: a unit vector `[512]` in a direction made from the
 * label alone. Labels of an index must be 0..n-1, and nothing of the person may stay. In 512 dimensions such a
 * vector is about a right angle (distance 1) from every face, and `faces.json` says null there, which sidecars drop.
 */
export function fillerVector(label: number): Float32Array {
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
