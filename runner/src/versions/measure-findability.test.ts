import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createIndex, type FaceIndex, loadIndex } from '../../native/face-index.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { clusterVector } from '../../testing/catalog/samples.ts';
import { measureFindability, SIDECAR_NEIGHBOURS } from './measure-findability.ts';
import { BODY_BYTES, DIMENSIONS, parseLayout } from './voyager-format.ts';

const COUNT = 600;
const LABELS = Uint32Array.from({ length: COUNT }, (_, label) => label);

/** `clusters` of equal size; with `isSame` all vectors of one are the same point. */
function build(clusters: number, isSame = false, m = 12): FaceIndex {
  const index = createIndex({ dimensions: DIMENSIONS, capacity: COUNT, m, efConstruction: 100, seed: 1 });
  const vectors = new Float32Array(COUNT * DIMENSIONS);
  for (const label of LABELS) {
    const member = isSame ? 0 : label;
    vectors.set(clusterVector(label % clusters, member, 0.8), label * DIMENSIONS);
  }
  index.add(LABELS, vectors, 1);
  return index;
}

/** The same index with every link on level 0 to these labels taken away, as pruning takes them. */
function withoutLinksTo(lost: number[], index: FaceIndex): FaceIndex {
  const path = join(freshFolder(), 'graph');
  index.save(path);
  const bytes = readFileSync(path);
  const { elementBytes, labelOffset, count } = parseLayout(bytes);
  const element = (id: number) =>
    bytes.subarray(BODY_BYTES + id * elementBytes, BODY_BYTES + (id + 1) * elementBytes);
  const labelOf = (id: number) => Number(element(id).readBigUInt64LE(labelOffset));
  for (let id = 0; id < count; id++) {
    const list = element(id);
    const links = Array.from({ length: list.readUInt16LE(0) }, (_, link) => list.readUInt32LE(4 + 4 * link));
    const kept = links.filter((to) => !lost.includes(labelOf(to)));
    list.writeUInt16LE(kept.length, 0);
    for (const [link, to] of kept.entries()) list.writeUInt32LE(to, 4 + 4 * link);
  }
  writeFileSync(path, bytes);
  return loadIndex(path, DIMENSIONS);
}

const LOST = [7, 208, 409];

describe('measureFindability', () => {
  it('finds every vector of a sound index, and measures its recall', () => {
    const progress: number[] = [];
    const found = measureFindability(build(60), LABELS, 2, (done) => progress.push(done));
    expect(found).toEqual({
      neighbours: SIDECAR_NEIGHBOURS,
      looked_for: COUNT,
      missed: 0,
      recall_at_1: 1,
      recall_at_10: expect.closeTo(1, 1),
      recall_asked: 500,
      missing: { count: 0, labels: [] },
    });
    expect(progress).toEqual([512, 600]);
  });

  it('links anew what no link leads to, so that a sidecar finds it', () => {
    const index = withoutLinksTo(LOST, build(60));
    // The third one is on an upper level, so that queries find it still.
    expect(index.unreachable()).toEqual(Uint32Array.from(LOST));
    expect(index.missing(LABELS, 100, 100, 1)).toEqual(Uint32Array.from(LOST.slice(0, 2)));
    const found = measureFindability(index, LABELS, 2, () => {});
    expect(found).toMatchObject({ missed: 3, recall_at_1: 0.995, missing: { count: 0 } });
    expect(index.unreachable()).toEqual(new Uint32Array());
    expect(index.missing(LABELS, 100, 100, 1)).toEqual(new Uint32Array());
  });

  it('joins to the others an island of equal vectors, of which a sidecar sees any 100', () => {
    const index = build(2, true);
    expect(index.unreachable().length).toBeGreaterThan(100);
    expect(measureFindability(index, LABELS, 1, () => {}).missing.count).toBe(0);
    expect(index.unreachable()).toEqual(new Uint32Array());
  });

  it('says truly what is still missed where links have hardly any room', () => {
    const index = build(60, false, 2);
    const { missed, missing } = measureFindability(index, LABELS, 1, () => {});
    const still = new Set([...index.missing(LABELS, 100, 100, 1), ...index.unreachable()]);
    expect(new Set(missing.labels)).toEqual(still);
    expect(still.size).toBeLessThan(missed);
  });

  it('does not look for fillers', () => {
    const index = withoutLinksTo(LOST, build(60));
    const found = measureFindability(
      index,
      LABELS.filter((label) => !LOST.includes(label)),
      1,
      () => {},
    );
    expect(found).toMatchObject({ looked_for: COUNT - 3, missed: 0 });
    expect(index.unreachable()).toEqual(Uint32Array.from(LOST));
  });

  it('measures no recall among ten vectors or fewer', () => {
    const index = createIndex({ dimensions: DIMENSIONS, capacity: 1, m: 12, efConstruction: 100, seed: 1 });
    index.add(Uint32Array.of(0), clusterVector(1, 1), 1);
    expect(measureFindability(index, Uint32Array.of(0), 1, () => {})).toMatchObject({
      missed: 0,
      recall_at_10: null,
    });
  });
});
