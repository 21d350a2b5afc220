import type { FaceIndex } from '../../native/face-index.ts';
import { clampDistance, cosineDistance } from '../faces/unit-vector.ts';
import { DIMENSIONS } from './voyager-format.ts';

/** How well an index recognises the faces it was made of, leaving out the face that asks. */
export interface Recognition {
  /** Faces that were asked: all, or an even sample of a large index. */
  asked: number;
  /** Share of the asked faces whose own vector is the nearest one (or as near); anything below 1 is suspicious. */
  own_vector_first: number;
  /** Of the asked faces whose performer has another one. */
  with_siblings: number;
  /** Share whose nearest other face is the same performer's; null without siblings. */
  top1: number | null;
  top5: number | null;
  by_face_count: Record<'2-3' | '4-9' | '10+', { asked: number; top1: number | null }>;
  /** Cosine distances, means over the faces with siblings. */
  mean_distance_right: number | null;
  mean_distance_nearest_wrong: number | null;
  /** Faces of two performers nearer than the duplicate distance: the same person twice, or a wrong owner. */
  duplicates: { count: number; examples: { label: number; other_label: number; distance: number }[] };
  /** Faces farther than 0.8 from all others of their performer: probably a wrong picture. */
  outliers: { count: number; examples: { label: number; distance: number }[] };
}

const ASKED_MAX = 20_000;
const ASKED_AT_ONCE = 500;
const NEIGHBOURS = 32;
const SEARCH_EF = 128;
const OUTLIER_DISTANCE = 0.8;
const EXAMPLES_MAX = 20;
const SAME_POINT = 1e-4;

interface Neighbour {
  label: number;
  distance: number;
}

/** Asks the index for the neighbours of its own faces. Gaps (owner 0) neither ask nor count as answers. */
export function measureRecognition(
  index: FaceIndex,
  owners: Int32Array,
  { duplicateDistance, threads }: { duplicateDistance: number; threads: number },
  onProgress: (done: number, total: number) => void,
): Recognition {
  const siblings = groupByOwner(owners);
  const labels = sample(owners);
  const tally = new Tally(duplicateDistance);
  for (let from = 0; from < labels.length; from += ASKED_AT_ONCE) {
    const asked = labels.slice(from, from + ASKED_AT_ONCE);
    const vectors = index.vectors(Uint32Array.from(asked));
    const near = neighbours(index, vectors, owners, threads);
    for (const [i, label] of asked.entries()) {
      const own = owners[label] ?? 0;
      const others = (siblings.get(own) ?? []).filter((each) => each !== label);
      tally.add({
        label,
        own,
        near: near[i] ?? [],
        faces: others.length + 1,
        nearestOwn: nearestOf(index, row(vectors, i), others),
        ownerOf: (each) => owners[each] ?? 0,
      });
    }
    onProgress(from + asked.length, labels.length);
  }
  return tally.result(labels.length);
}

interface Answer {
  label: number;
  own: number;
  near: Neighbour[];
  /** Faces that this performer has. */
  faces: number;
  /** Infinity when there is no other. */
  nearestOwn: number;
  ownerOf: (label: number) => number;
}

class Tally {
  readonly #duplicateDistance: number;
  readonly #classes = { '2-3': [0, 0], '4-9': [0, 0], '10+': [0, 0] } satisfies Record<
    string,
    [number, number]
  >;
  readonly #duplicates: Recognition['duplicates'] = { count: 0, examples: [] };
  readonly #outliers: Recognition['outliers'] = { count: 0, examples: [] };
  readonly #right: number[] = [];
  readonly #wrong: number[] = [];
  #ownFirst = 0;
  #siblings = 0;
  #top1 = 0;
  #top5 = 0;

  constructor(duplicateDistance: number) {
    this.#duplicateDistance = duplicateDistance;
  }

  add(answer: Answer): void {
    const { label, own, near, ownerOf } = answer;
    const itself = near.find((each) => each.label === label);
    if (itself && itself.distance <= (near[0]?.distance ?? 0) + SAME_POINT) this.#ownFirst++;
    const others = near.filter((each) => each.label !== label);
    const wrong = others.find((each) => ownerOf(each.label) !== own);
    if (wrong && wrong.distance < this.#duplicateDistance && label < wrong.label) {
      note(this.#duplicates, { label, other_label: wrong.label, distance: round(wrong.distance) });
    }
    if (answer.faces >= 2) this.#addWithSiblings(answer, others, wrong);
  }

  #addWithSiblings(
    { label, own, faces, nearestOwn, ownerOf }: Answer,
    others: Neighbour[],
    wrong?: Neighbour,
  ) {
    this.#siblings++;
    const isRight = (each: Neighbour) => ownerOf(each.label) === own;
    const hit = others.slice(0, 1).some(isRight);
    if (hit) this.#top1++;
    if (others.slice(0, 5).some(isRight)) this.#top5++;
    const group = this.#classes[faces >= 10 ? '10+' : faces >= 4 ? '4-9' : '2-3'];
    group[0]++;
    if (hit) group[1]++;
    this.#right.push(nearestOwn);
    if (wrong) this.#wrong.push(wrong.distance);
    if (nearestOwn > OUTLIER_DISTANCE) note(this.#outliers, { label, distance: round(nearestOwn) });
  }

  result(asked: number): Recognition {
    const share = ([all, hits]: number[]) => ({ asked: all ?? 0, top1: ratio(hits ?? 0, all ?? 0) });
    return {
      asked,
      own_vector_first: ratio(this.#ownFirst, asked) ?? 0,
      with_siblings: this.#siblings,
      top1: ratio(this.#top1, this.#siblings),
      top5: ratio(this.#top5, this.#siblings),
      by_face_count: {
        '2-3': share(this.#classes['2-3']),
        '4-9': share(this.#classes['4-9']),
        '10+': share(this.#classes['10+']),
      },
      mean_distance_right: mean(this.#right),
      mean_distance_nearest_wrong: mean(this.#wrong),
      duplicates: this.#duplicates,
      outliers: this.#outliers,
    };
  }
}

function neighbours(
  index: FaceIndex,
  vectors: Float32Array,
  owners: Int32Array,
  threads: number,
): Neighbour[][] {
  const k = Math.min(NEIGHBOURS, index.size);
  const found = index.search(vectors, k, SEARCH_EF, threads);
  return Array.from({ length: vectors.length / DIMENSIONS }, (_, query) => {
    const places = found.labels.subarray(query * k, (query + 1) * k);
    return Array.from(places, (label, place) => ({
      label,
      distance: clampDistance(found.distances[query * k + place] ?? 0),
    })).filter((each) => owners[each.label]);
  });
}

/** Infinity when there is no other. */
function nearestOf(index: FaceIndex, vector: Float32Array, others: number[]): number {
  const vectors = index.vectors(Uint32Array.from(others));
  return Math.min(...others.map((_, i) => cosineDistance(vector, row(vectors, i))));
}

function row(vectors: Float32Array, i: number): Float32Array {
  return vectors.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS);
}

function groupByOwner(owners: Int32Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const [label, owner] of owners.entries()) {
    if (owner === 0) continue;
    const group = groups.get(owner);
    if (group) group.push(label);
    else groups.set(owner, [label]);
  }
  return groups;
}

/** Evenly spread, so that the same index is always asked the same. */
function sample(owners: Int32Array): number[] {
  const live = owners.reduce((n, owner) => n + (owner === 0 ? 0 : 1), 0);
  const step = Math.max(1, live / ASKED_MAX);
  const labels: number[] = [];
  let seen = 0;
  for (const [label, owner] of owners.entries()) {
    if (owner === 0) continue;
    if (seen >= labels.length * step) labels.push(label);
    seen++;
  }
  return labels;
}

function note<T>(list: { count: number; examples: T[] }, example: T): void {
  list.count++;
  if (list.examples.length < EXAMPLES_MAX) list.examples.push(example);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : round(part / whole);
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
