/**
 * The mean of raw model outputs, scaled to length 1. The average comes first, as in the sidecar. Null when a number is not
 * finite or the length is zero: such a vector would match everybody or break an index.
 */
export function unitVector(raw: Float32Array[]): Float32Array | null {
  const vector = new Float32Array(raw[0]?.length ?? 0);
  for (const one of raw) for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) + (one[i] ?? 0);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(length) || length === 0) return null;
  return vector.map((value) => value / length);
}

/**
 * A cosine distance that came out of arithmetic, within its limits of 0 and 2. With numbers of 32 bits equal vectors are -2.4e-7
 * apart, and a schema, a query or a reader takes a negative distance for a fault.
 */
export function clampDistance(distance: number): number {
  return Math.min(2, Math.max(0, distance));
}

/** 1 - cosine of two unit vectors of the same length: 0 for the same direction, 2 for the opposite, and never beyond. */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += (a[i] ?? 0) * (b[i] ?? 0);
  return clampDistance(1 - dot);
}
