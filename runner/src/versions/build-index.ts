import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import type { Recognition } from './measure-recognition.ts';
import { voyagerHeader } from './voyager-format.ts';

/** Voyager's own defaults, and the parameters of the published databases. One seed and one thread: same bytes. */
export const INDEX_PARAMETERS = { m: 12, efConstruction: 200, randomSeed: 1 } as const;

export interface IndexRequest {
  /** Matrix `[owners.length, 512]` of little-endian floats, row = label. */
  vectorPath: string;
  /** Where hnswlib writes its own file. */
  graphPath: string;
  /** Performer id by label, or 0 for a gap. */
  owners: Int32Array;
  parameters: typeof INDEX_PARAMETERS;
  /** Cosine distance below which faces of two performers are reported. */
  duplicateDistance: number;
}

export type IndexStage = 'index' | 'measure';

export type IndexReport =
  | { kind: 'progress'; stage: IndexStage; done: number; total: number }
  | { kind: 'done'; recognition: Recognition };

export interface IndexOrder {
  vectorPath: string;
  voyPath: string;
  owners: Int32Array;
  duplicateDistance: number;
  signal?: AbortSignal;
  onProgress?: (stage: IndexStage, done: number, total: number) => void;
}

/** Builds a Voyager index in a thread of its own, and measures how well it recognises its own faces. */
export async function buildIndex(order: IndexOrder): Promise<Recognition> {
  const graphPath = `${order.voyPath}.graph`;
  const recognition = await runWorker(
    {
      vectorPath: order.vectorPath,
      graphPath,
      owners: order.owners,
      parameters: INDEX_PARAMETERS,
      duplicateDistance: order.duplicateDistance,
    },
    order,
  );
  await pipeline(withHeader(graphPath), createWriteStream(order.voyPath));
  await rm(graphPath);
  return recognition;
}

async function* withHeader(graphPath: string): AsyncGenerator<Buffer> {
  yield voyagerHeader();
  yield* createReadStream(graphPath, { highWaterMark: 1024 * 1024 });
}

function runWorker(request: IndexRequest, { signal, onProgress }: IndexOrder): Promise<Recognition> {
  const { promise, resolve, reject } = Promise.withResolvers<Recognition>();
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./build-index.worker.ts', import.meta.url), { workerData: request });
  const stop = () => {
    reject(signal?.reason);
    void worker.terminate();
  };
  signal?.addEventListener('abort', stop, { once: true });
  worker.on('message', (message: IndexReport) => {
    if (message.kind === 'done') resolve(message.recognition);
    else onProgress?.(message.stage, message.done, message.total);
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`The index builder ended early with code ${code}`)));
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}
