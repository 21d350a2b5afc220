import type { Embeddings } from './open-embedders.ts';

/** Collects aligned crops of many images into full batches. */
export interface CropBatches {
  /** Resolves when the batch that the crop went into is done; null when its vector is unusable. */
  embed(crop: Uint8Array): Promise<Embeddings | null>;
  /** An image came in: faces may wait for its face. */
  imageStarted(): void;
  /** An image is finished, or has no face to embed. */
  imageEnded(): void;
}

interface Waiting {
  crop: Uint8Array;
  resolve: (embeddings: Embeddings | null) => void;
  reject: (error: unknown) => void;
}

/**
 * A batch goes out when it is full, or when every image under way is waiting for it: nothing else could fill it then. So
 * batches are full while there is work, and the last ones of a run never wait for a clock.
 */
export function batchCrops(
  batchSize: number,
  run: (crops: Uint8Array[]) => Promise<(Embeddings | null)[]>,
): CropBatches {
  const waiting: Waiting[] = [];
  let images = 0;

  function send(): void {
    while (waiting.length >= batchSize || (waiting.length > 0 && waiting.length >= images)) {
      const batch = waiting.splice(0, batchSize);
      // Images of this batch wait no longer for others to fill it.
      images -= batch.length;
      run(batch.map((one) => one.crop)).then(
        (results) => settle(batch, results),
        (error) => {
          images += batch.length;
          for (const one of batch) one.reject(error);
        },
      );
    }
  }

  function settle(batch: Waiting[], results: (Embeddings | null)[]): void {
    images += batch.length;
    for (const [i, one] of batch.entries()) one.resolve(results[i] ?? null);
  }

  return {
    embed: (crop) =>
      new Promise((resolve, reject) => {
        waiting.push({ crop, resolve, reject });
        send();
      }),
    imageStarted() {
      images++;
    },
    imageEnded() {
      images--;
      send();
    },
  };
}
