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

/** 1 - cosine of two unit vectors: 0 for the same direction, 2 for the opposite. */
export function cosineDistance(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += (a[i] ?? 0) * (b[i] ?? 0);
  return 1 - dot;
}
