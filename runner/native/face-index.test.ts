import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../testing/catalog/fresh-folder.ts';
import { clusterVector } from '../testing/catalog/samples.ts';
import { createIndex, type FaceIndex, type IndexShape, loadIndex, NO_LABEL } from './face-index.ts';

const DIMENSIONS = 512;
const SHAPE: IndexShape = { dimensions: DIMENSIONS, capacity: 4_000, m: 12, efConstruction: 100, seed: 1 };

/** `[people * each, 512]` */
function peoplesVectors(people: number, each: number): Float32Array {
  const rows = new Float32Array(people * each * DIMENSIONS);
  for (let i = 0; i < people * each; i++) {
    rows.set(clusterVector(Math.floor(i / each), i % each, 0.8), i * DIMENSIONS);
  }
  return rows;
}

const VECTORS = peoplesVectors(600, 5);
const LABELS = Uint32Array.from({ length: 3_000 }, (_, label) => label);

function fill(threads: number, shape: Partial<IndexShape> = {}): FaceIndex {
  const index = createIndex({ ...SHAPE, ...shape });
  for (let from = 0; from < LABELS.length; from += 500) {
    const rows = VECTORS.subarray(from * DIMENSIONS, (from + 500) * DIMENSIONS);
    index.add(LABELS.subarray(from, from + 500), rows, threads);
  }
  return index;
}

const row = (i: number) => VECTORS.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS);

describe('createIndex', () => {
  it('finds what exact search finds, however many threads add and ask', () => {
    for (const threads of [1, 4]) {
      const index = fill(threads);
      expect(index.size).toBe(3_000);
      const exact = index.searchExactly(VECTORS.subarray(0, 60 * DIMENSIONS), 5, threads);
      const found = index.search(VECTORS.subarray(0, 60 * DIMENSIONS), 5, 200, threads);
      for (let query = 0; query < 60; query++) {
        const people = exact.labels.subarray(query * 5, query * 5 + 5);
        expect([...people].sort((a, b) => a - b)).toEqual(
          Array.from({ length: 5 }, (_, face) => Math.floor(query / 5) * 5 + face),
        );
        expect(found.labels.subarray(query * 5, query * 5 + 5)).toEqual(people);
        expect(exact.labels[query * 5]).toBe(query);
      }
      expect(index.missing(LABELS, 100, 100, threads)).toEqual(new Uint32Array());
      expect(index.unreachable()).toEqual(new Uint32Array());
    }
  });

  it('has the same distances with every set of instructions that there is', () => {
    const fastest = createIndex(SHAPE).instructions;
    const [fast, plain] = [fill(1), fill(1, { instructions: 'baseline' })];
    expect(plain.instructions).toBe('baseline');
    expect(fast.instructions).toBe(fastest);
    const of = (index: FaceIndex) => index.searchExactly(row(7), 20, 1);
    expect(of(fast).labels).toEqual(of(plain).labels);
    for (const [place, distance] of of(fast).distances.entries()) {
      const other = row(of(fast).labels[place] ?? -1);
      const cosine = row(7).reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
      expect(distance).toBeCloseTo(1 - cosine, 5);
      expect(of(plain).distances[place]).toBeCloseTo(distance, 5);
    }
  });

  it('writes equal files of equal vectors with one thread, and reads them', () => {
    const folder = freshFolder();
    const paths = ['one', 'two'].map((name) => join(folder, name));
    for (const path of paths) fill(1).save(path);
    const [one, two] = paths.map((path) => loadIndex(path, DIMENSIONS));
    expect(one?.search(VECTORS, 3, 50, 1)).toEqual(two?.search(VECTORS, 3, 50, 1));
    expect(one?.vectors(Uint32Array.of(5))).toEqual(fill(1).vectors(Uint32Array.of(5)));
    truncateSync(paths[0] ?? '', 5_000);
    expect(() => loadIndex(paths[0] ?? '', DIMENSIONS)).toThrow(/corrupted/);
    expect(() => loadIndex(join(folder, 'none'), DIMENSIONS)).toThrow('Cannot open file');
  });

  it('scales vectors to length 1', () => {
    const index = createIndex(SHAPE);
    index.add(
      Uint32Array.of(3),
      row(0).map((value) => value * 40),
      1,
    );
    for (const [i, value] of index.vectors(Uint32Array.of(3)).entries())
      expect(value).toBeCloseTo(row(0)[i] ?? 0);
    const { labels, distances } = index.search(row(0), 2, 10, 1);
    expect([...labels]).toEqual([3, NO_LABEL]);
    expect([...distances]).toEqual([expect.closeTo(0), Number.POSITIVE_INFINITY]);
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    'refuses a vector with %s before any of its batch is added, and names its label',
    (value) => {
      const index = createIndex(SHAPE);
      const rows = VECTORS.slice(0, 3 * DIMENSIONS);
      rows[2 * DIMENSIONS + 500] = value;
      expect(() => index.add(Uint32Array.of(10, 11, 12), rows, 1)).toThrow(
        'The vector of label 12 is all zero, or holds NaN or Infinity: it has no direction',
      );
      expect(index.size).toBe(0);
    },
  );

  it('refuses vectors and queries that cannot be compared', () => {
    const index = createIndex({ ...SHAPE, capacity: 2 });
    const zero = new Float32Array(DIMENSIONS);
    expect(() => index.add(Uint32Array.of(4), zero, 1)).toThrow('The vector of label 4 is all zero');
    expect(() => index.search(zero, 1, 1, 1)).toThrow('Query 0 is all zero');
    expect(() => index.search(new Float32Array(511), 1, 1, 1)).toThrow(
      '511 numbers are no whole rows of 512',
    );
    expect(() => index.add(Uint32Array.of(4, 5), row(0), 1)).toThrow('There must be one label per row');
    expect(() => index.add(Uint32Array.of(4, 4), VECTORS.slice(0, 2 * DIMENSIONS), 1)).toThrow(
      'Label 4 is taken',
    );
    expect(() => index.add(LABELS.slice(0, 3), VECTORS.slice(0, 3 * DIMENSIONS), 1)).toThrow(
      'The index has room for 2 vectors only',
    );
    expect(() => index.vectors(Uint32Array.of(9))).toThrow('The index has no label 9');
    expect(() => createIndex({ ...SHAPE, dimensions: 500 })).toThrow('multiple of 32 components, not of 500');
    expect(index.size).toBe(0);
    expect(index.search(row(0), 1, 10, 1).labels).toEqual(Uint32Array.of(NO_LABEL));
  });

  it('does not read a file of zeros', () => {
    const path = join(freshFolder(), 'graph');
    writeFileSync(path, Buffer.alloc(200));
    expect(() => loadIndex(path, DIMENSIONS)).toThrow();
  });
});
