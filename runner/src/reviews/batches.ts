/** Groups `items` so that none has more than `most` of them or more than `maxBytes` of JSON; one that is larger stands alone. */
export function* batches<T>(
  items: Iterable<T>,
  { most, maxBytes }: { most: number; maxBytes: number },
): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (batch.length > 0 && (batch.length === most || bytes + size > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
