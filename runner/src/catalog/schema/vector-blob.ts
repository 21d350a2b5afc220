import { customType } from 'drizzle-orm/sqlite-core';

/** Components of every embedding in the catalog; all supported packs have 512. */
export const VECTOR_LENGTH = 512;

/** `Float32Array` of 512 in the program, 2,048 little-endian bytes in the database. */
export const vectorBlob = customType<{ data: Float32Array; driverData: Uint8Array | ArrayBuffer }>({
  dataType: () => 'blob',
  toDriver: vectorToBytes,
  fromDriver: bytesToVector,
});

/** @throws RangeError when the vector has another length, is all zero, or holds something that is not finite. */
export function vectorToBytes(vector: Float32Array): Uint8Array {
  if (vector.length !== VECTOR_LENGTH) {
    throw new RangeError(
      `An embedding has ${VECTOR_LENGTH} components, this one ${vector.length}: check the model pack`,
    );
  }
  if (!vector.every(Number.isFinite)) {
    throw new RangeError('An embedding holds NaN or Infinity: the model or its input is broken');
  }
  if (vector.every((value) => value === 0)) {
    throw new RangeError(
      'An embedding is all zero, so it has no direction: the model or its input is broken',
    );
  }
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Copies, because a blob inside a larger buffer may not be aligned to four bytes. */
export function bytesToVector(bytes: Uint8Array | ArrayBuffer): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
