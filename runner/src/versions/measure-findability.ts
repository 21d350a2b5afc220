import type { FaceIndex } from '../../native/face-index.ts';

/** Neighbours that a v1 sidecar asks each index for, and the candidates that Voyager keeps then; with fewer vectors every query fails. */
export const SIDECAR_NEIGHBOURS = 100;

/** Whether a sidecar's own query (k = 100) finds what is in the index. */
export interface Findability {
  neighbours: number;
  /** Vectors of somebody, each of which was looked for. */
  looked_for: number;
  /** Of them, after the build: not found by their own vector, or not reachable from the entry point on level 0. */
  missed: number;
  /** Share that the build alone had made findable. */
  recall_at_1: number;
  /** Share of the 10 nearest by exact search that the query finds, over an even sample; null with fewer than 11 vectors. */
  recall_at_10: number | null;
  recall_asked: number;
  /** What is still missed after it was linked anew. */
  missing: { count: number; labels: number[] };
}

const LABELS_AT_ONCE = 512;
const ROUNDS = 5;
const RECALL_ASKED = 500;
const RECALL_PLACES = 10;
const EXAMPLES_MAX = 100;

/**
 * Looks for every vector as a sidecar would, and links anew what is missed. HNSW prunes links by distance alone, so that a few vectors
 * lose the last link that leads to them: 3 of 40,000 with M 12.
 * @param labels of somebody; fillers need not be found
 */
export function measureFindability(
  index: FaceIndex,
  labels: Uint32Array,
  threads: number,
  onProgress: (done: number, total: number) => void,
): Findability {
  const search = new Search(index, labels, threads);
  const missed = search.missedOf(labels, onProgress);
  const recall = measureRecall(index, labels, threads);
  const missing = search.linkAnew(missed);
  return {
    neighbours: SIDECAR_NEIGHBOURS,
    looked_for: labels.length,
    missed: missed.length,
    recall_at_1: round(1 - missed.length / Math.max(1, labels.length)),
    ...recall,
    missing: { count: missing.length, labels: [...missing.slice(0, EXAMPLES_MAX)] },
  };
}

class Search {
  readonly #index: FaceIndex;
  readonly #threads: number;
  readonly #owned: Set<number>;

  constructor(index: FaceIndex, labels: Uint32Array, threads: number) {
    this.#index = index;
    this.#threads = threads;
    this.#owned = new Set(labels);
  }

  /** Those that their own query does not find, and all that are unreachable. */
  missedOf(labels: Uint32Array, onProgress?: (done: number, total: number) => void): Uint32Array {
    const missed = new Set(this.#index.unreachable().filter((label) => this.#owned.has(label)));
    const k = Math.min(SIDECAR_NEIGHBOURS, this.#index.size);
    for (let from = 0; from < labels.length; from += LABELS_AT_ONCE) {
      const some = labels.subarray(from, from + LABELS_AT_ONCE);
      for (const label of this.#index.missing(some, k, SIDECAR_NEIGHBOURS, this.#threads)) missed.add(label);
      onProgress?.(from + some.length, labels.length);
    }
    return Uint32Array.from(missed).sort();
  }

  /** Rounds end when nothing is missed. A new link changes the searches that come by it, so a round looks for all that is near. */
  linkAnew(missed: Uint32Array): Uint32Array {
    let missing = missed;
    for (let round = 0; round < ROUNDS && missing.length > 0; round++) {
      const touched = this.#index.relink(missing, SIDECAR_NEIGHBOURS, SIDECAR_NEIGHBOURS);
      missing = this.missedOf(touched.filter((label) => this.#owned.has(label)));
    }
    return missing;
  }
}

function measureRecall(
  index: FaceIndex,
  labels: Uint32Array,
  threads: number,
): Pick<Findability, 'recall_at_10' | 'recall_asked'> {
  if (index.size <= RECALL_PLACES) return { recall_at_10: null, recall_asked: 0 };
  const step = Math.max(1, labels.length / RECALL_ASKED);
  const asked = Math.min(labels.length, RECALL_ASKED);
  const sample = Uint32Array.from({ length: asked }, (_, i) => labels[Math.floor(i * step)] ?? 0);
  const queries = index.vectors(sample);
  const k = Math.min(SIDECAR_NEIGHBOURS, index.size);
  const found = index.search(queries, k, SIDECAR_NEIGHBOURS, threads).labels;
  const exact = index.searchExactly(queries, RECALL_PLACES, threads).labels;
  let hits = 0;
  for (let query = 0; query < asked; query++) {
    const near = new Set(found.subarray(query * k, (query + 1) * k));
    for (let place = 0; place < RECALL_PLACES; place++) {
      if (near.has(exact[query * RECALL_PLACES + place] ?? -1)) hits++;
    }
  }
  return { recall_at_10: round(hits / Math.max(1, asked * RECALL_PLACES)), recall_asked: asked };
}

function round(share: number): number {
  return Math.round(share * 1e5) / 1e5;
}
