import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { indexThreads } from '../../native/face-index.ts';
import type { Findability } from './measure-findability.ts';
import type { Recognition } from './measure-recognition.ts';
import { voyagerHeader } from './voyager-format.ts';

/** `m` was chosen by `npm run bench -- recall`; `efConstruction` is Voyager's own default. */
export const INDEX_PARAMETERS = { m: 12, efConstruction: 200, seed: 1 } as const;

export interface IndexRequest {
  /** Matrix `[owners.length, 512]` of little-endian floats, row = label. */
  vectorPath: string;
  /** Where hnswlib writes its own file. */
  graphPath: string;
  /** Performer id by label, or 0 for a gap. */
  owners: Int32Array;
  m: number;
  threads: number;
  /** Cosine distance below which faces of two performers are reported. */
  duplicateDistance: number;
}

export type IndexStage = 'index' | 'check' | 'measure';

/** What is known about an index when it is complete. */
export interface IndexQuality {
  findability: Findability;
  recognition: Recognition;
}

export type IndexReport =
  | { kind: 'progress'; stage: IndexStage; done: number; total: number }
  | { kind: 'done'; quality: IndexQuality };

export interface IndexOptions {
  vectorPath: string;
  voyPath: string;
  owners: Int32Array;
  duplicateDistance: number;
  m?: number;
  threads?: number;
  signal?: AbortSignal;
  onProgress?: (stage: IndexStage, done: number, total: number) => void;
}

/**
 * Builds a Voyager index in a thread of its own that uses as many as there are cores, looks for everybody in it, and measures how well it
 * recognises its own faces. From some thousand vectors on, two builds of the same vectors differ in their bytes when there are several
 * threads.
 * @throws whatever `signal` was aborted with, when the thread is gone
 */
export async function buildIndex(order: IndexOptions): Promise<IndexQuality> {
  const graphPath = `${order.voyPath}.graph`;
  const quality = await runWorker(
    {
      vectorPath: order.vectorPath,
      graphPath,
      owners: order.owners,
      m: order.m ?? INDEX_PARAMETERS.m,
      threads: order.threads ?? indexThreads(),
      duplicateDistance: order.duplicateDistance,
    },
    order,
  );
  await pipeline(withHeader(graphPath), createWriteStream(order.voyPath));
  await rm(graphPath);
  return quality;
}

async function* withHeader(graphPath: string): AsyncGenerator<Buffer> {
  yield voyagerHeader();
  yield* createReadStream(graphPath, { highWaterMark: 1024 * 1024 });
}

function runWorker(request: IndexRequest, { signal, onProgress }: IndexOptions): Promise<IndexQuality> {
  const { promise, resolve, reject } = Promise.withResolvers<IndexQuality>();
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./build-index.worker.ts', import.meta.url), { workerData: request });
  // A thread ends after the batch that it is adding; only then may its files be removed.
  const stop = () => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  worker.on('message', (message: IndexReport) => {
    if (message.kind === 'done') resolve(message.quality);
    else onProgress?.(message.stage, message.done, message.total);
  });
  worker.on('error', reject);
  worker.on('exit', (code) =>
    reject(signal?.aborted ? signal.reason : new Error(`The index builder ended early with code ${code}`)),
  );
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}
