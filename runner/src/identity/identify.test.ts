// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { faceCounts, listAcceptedFaces } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { mergeRecords, removeRecord } from '../commit/remove-performer.ts';

const page = (box: string, number: number) => `https://${box}/performers/${uuid(number)}`;
const stashdb = (number: number, changes: Partial<PerformerRecord> = {}) =>
  sampleRecord({ remoteId: uuid(number), urls: [], ...changes });
const pmvstash = (number: number, changes: Partial<PerformerRecord> = {}) =>
  sampleRecord({ endpoint: 'pmvstash', remoteId: uuid(number), urls: [], ...changes });
const image = (name: string, member: number) =>
  sampleImage(`https://a/${name}`, [sampleFace(clusterVector(1, member))]);

async function commitAll(records: PerformerRecord[]) {
  const catalog = await freshCatalog();
  const ids = [];
  for (const [index, performer] of records.entries()) {
    ids.push(await commitPerformer(catalog, { performer, images: [image(String(index), index)] }));
  }
  return { catalog, ids };
}

describe('identity', () => {
  it('takes equal names under two ids for two performers', async () => {
    const { catalog, ids } = await commitAll([stashdb(1), stashdb(2), pmvstash(3)]);
    expect(new Set(ids).size).toBe(3);
    catalog.close();
  });

  it.each([
    ['the naming record comes second', [stashdb(1), pmvstash(2, { urls: [page('stashdb.org', 1)] })]],
    ['the naming record comes first', [pmvstash(2, { urls: [page('stashdb.org', 1)] }), stashdb(1)]],
  ])('follows a link to another stash-box’s page when %s', async (_, records) => {
    const { catalog, ids } = await commitAll(records);
    expect(ids[0]).toBe(ids[1]);
    expect(await faceCounts(catalog, ids[0] ?? 0, PACK)).toMatchObject({ total: 2 });
    catalog.close();
  });

  it('joins two known performers when one later names the other', async () => {
    const { catalog, ids } = await commitAll([
      stashdb(1),
      pmvstash(2),
      pmvstash(2, { urls: [page('stashdb.org', 1)] }),
    ]);
    expect(ids[2]).toBe(ids[1]);
    expect((await findRecord(catalog, 'stashdb', uuid(1)))?.performerId).toBe(ids[1]);
    expect((await listAcceptedFaces(catalog, ids[1] ?? 0, PACK)).map((face) => face.label)).toEqual([
      0, 1, 2,
    ]);
    catalog.close();
  });

  it('does not let a link bring two ids of one stash-box together', async () => {
    const link = { urls: [page('stashdb.org', 1)] };
    const { catalog, ids } = await commitAll([stashdb(1), pmvstash(2, link), pmvstash(3, link)]);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    catalog.close();
  });

  it('follows the merges that a stash-box lists', async () => {
    const { catalog, ids } = await commitAll([stashdb(1), stashdb(2), stashdb(2, { mergedIds: [uuid(1)] })]);
    expect(ids[2]).toBe(ids[1]);
    expect(await findRecord(catalog, 'stashdb', uuid(1))).toMatchObject({
      performerId: ids[1],
      deleted: true,
      mergedInto: uuid(2),
    });
    expect(await faceCounts(catalog, ids[1] ?? 0, PACK)).toMatchObject({ total: 3 });
    catalog.close();
  });
});

describe('mergeRecords', () => {
  it('moves pictures and labels, and drops pictures that both had', async () => {
    const catalog = await freshCatalog();
    const shared = image('shared', 1);
    await commitPerformer(catalog, { performer: stashdb(1), images: [shared, image('own', 2)] });
    const into = await commitPerformer(catalog, { performer: stashdb(2), images: [shared] });
    await mergeRecords(catalog, 'stashdb', uuid(1), uuid(2));
    await mergeRecords(catalog, 'stashdb', uuid(1), uuid(2));
    expect((await listAcceptedFaces(catalog, into, PACK)).map((face) => face.label)).toEqual([1, 2]);
    expect(await catalogStats(catalog)).toMatchObject({ performers: 1, packs: [{ faces: 2, labels: 3 }] });
    catalog.close();
  });

  it('keeps the performer until an unknown target arrives', async () => {
    const { catalog, ids } = await commitAll([stashdb(1)]);
    await mergeRecords(catalog, 'stashdb', uuid(1), uuid(5));
    expect(await findRecord(catalog, 'stashdb', uuid(1))).toMatchObject({
      deleted: false,
      mergedInto: uuid(5),
    });
    const target = stashdb(5, { mergedIds: [uuid(1)] });
    expect(await commitPerformer(catalog, { performer: target, images: [] })).toBe(ids[0]);
    expect(await faceCounts(catalog, ids[0] ?? 0, PACK)).toMatchObject({ total: 1 });
    catalog.close();
  });
});

describe('removeRecord', () => {
  it('takes the faces that only the record listed, and keeps those of another endpoint', async () => {
    const { catalog, ids } = await commitAll([stashdb(1), pmvstash(2, { urls: [page('stashdb.org', 1)] })]);
    expect(await faceCounts(catalog, ids[0] ?? 0, PACK)).toMatchObject({ total: 2 });
    await removeRecord(catalog, 'stashdb', uuid(1));
    expect(await faceCounts(catalog, ids[0] ?? 0, PACK)).toMatchObject({ total: 1 });
    await removeRecord(catalog, 'pmvstash', uuid(2));
    expect(await faceCounts(catalog, ids[0] ?? 0, PACK)).toMatchObject({ total: 0 });
    catalog.close();
  });
});
