import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

/** Sets of processor instructions that the distance is compiled for. `baseline` is SSE on x86-64 and NEON on arm64. */
export type Instructions = 'avx2' | 'baseline';

export interface IndexShape {
  /** Components of a vector, a multiple of 32. */
  dimensions: number;
  /** Vectors that it can take. */
  capacity: number;
  /** Links per vector and level; twice as many on level 0. */
  m: number;
  /** Candidates that are compared when a vector is added. */
  efConstruction: number;
  /** Of the random levels. With one thread, equal vectors in equal order and an equal seed make equal files. */
  seed: number;
  /** The fastest that this processor has unless named. */
  instructions?: Instructions;
}

/** `k` places per query `[queries * k]`, nearest first. Places that nothing fills have `NO_LABEL` and Infinity. */
export interface Neighbours {
  labels: Uint32Array;
  /** 1 - cosine; rounding can make it a little less than 0. */
  distances: Float32Array;
}

/**
 * An HNSW graph of vectors under labels, for the cosine distance. Vectors of any length come in as rows of one array and are scaled to
 * length 1. Every method blocks its thread: use it in a worker thread, in batches between which progress and a stop have their turn.
 */
export interface FaceIndex {
  readonly size: number;
  readonly instructions: Instructions;
  /**
   * @param vectors `[labels.length, dimensions]`
   * @throws RangeError, and adds nothing, when a row has no direction (NaN, Infinity, all zero; its label is named), when a label is
   * taken, or when there is no room
   */
  add(labels: Uint32Array, vectors: Float32Array, threads: number): void;
  /** @param ef candidates that a search keeps; never fewer than `k` are */
  search(queries: Float32Array, k: number, ef: number, threads: number): Neighbours;
  /** As `search`, comparing with every vector. */
  searchExactly(queries: Float32Array, k: number, threads: number): Neighbours;
  /** `[labels.length, dimensions]`, of length 1. @throws RangeError for a label that it does not hold */
  vectors(labels: Uint32Array): Float32Array;
  /** Those of `labels` that a search for their own vector does not find. */
  missing(labels: Uint32Array, k: number, ef: number, threads: number): Uint32Array;
  /** Labels to which no path leads on level 0 from the entry point. */
  unreachable(): Uint32Array;
  /**
   * Gives vectors that are missing or unreachable a link from where their own search arrives, so that it finds them.
   * @returns labels whose search may end otherwise since, and that must be looked for again: these, those near them, and any that lost a
   * link for want of room
   */
  relink(labels: Uint32Array, k: number, ef: number): Uint32Array;
  /** Writes hnswlib's own file. @throws Error when it cannot be written */
  save(path: string): void;
}

/** In `Neighbours`: there are fewer vectors than places. */
export const NO_LABEL = 0xffffffff;

interface Addon {
  FaceIndex: new (options: IndexShape | { dimensions: number; path: string }) => FaceIndex;
}

const addon: Addon = createRequire(import.meta.url)('./build/Release/face_index.node');

/** @throws Error when there is not enough memory for `capacity` vectors, or the processor lacks the named instructions */
export function createIndex(shape: IndexShape): FaceIndex {
  return new addon.FaceIndex(shape);
}

/** Reads a file that `save` wrote. @throws Error when it cannot be read or is cut off */
export function loadIndex(path: string, dimensions: number): FaceIndex {
  return new addon.FaceIndex({ path, dimensions });
}

/** One per core: whatever else the runner does meanwhile waits for the network. */
export function indexThreads(): number {
  return availableParallelism();
}
