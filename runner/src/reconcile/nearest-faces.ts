import { Worker } from 'node:worker_threads';
import { answersOf } from '../threads/next-answer.ts';

export interface Neighbour {
  label: number;
  /** Cosine distance. */
  distance: number;
}

export interface LabelledVector {
  label: number;
  /** `[512]` */
  vector: Float32Array;
}

export type NearestRequest =
  | { kind: 'begin'; size: number; dims: number }
  | { kind: 'add'; labels: number[]; vectors: Float32Array }
  | { kind: 'ask'; labels: number[]; vectors: Float32Array; k: number };

/** Per asked face, nearest first; empty for the other requests. */
export type NearestAnswer = Neighbour[][];

/** Approximate nearest neighbours (HNSW) among one part of the catalog's faces, in a thread of its own. */
export interface NearestFaces {
  /** Forgets the part before. */
  begin(size: number): Promise<void>;
  add(faces: readonly LabelledVector[]): Promise<void>;
  ask(faces: readonly LabelledVector[], k: number): Promise<Neighbour[][]>;
  close(): Promise<void>;
}

const DIMENSIONS = 512;

export function startNearestFaces(): NearestFaces {
  const worker = new Worker(new URL('./nearest-faces.worker.ts', import.meta.url));
  const nextAnswer = answersOf<NearestAnswer>(worker, 'the nearest faces');
  const request = (message: NearestRequest): Promise<NearestAnswer> => {
    const answer = nextAnswer();
    worker.postMessage(message);
    return answer;
  };
  const pack = (faces: readonly LabelledVector[]) => {
    const vectors = new Float32Array(faces.length * DIMENSIONS);
    for (const [i, { vector }] of faces.entries()) vectors.set(vector, i * DIMENSIONS);
    return { labels: faces.map(({ label }) => label), vectors };
  };
  return {
    begin: async (size) => void (await request({ kind: 'begin', size, dims: DIMENSIONS })),
    add: async (faces) => void (await request({ kind: 'add', ...pack(faces) })),
    ask: (faces, k) => request({ kind: 'ask', ...pack(faces), k }),
    close: async () => void (await worker.terminate()),
  };
}
