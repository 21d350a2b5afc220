import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type FreshCatalog, freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { listImages } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from './commit-performer.ts';
import { mergeRecords, removeRecord } from './remove-performer.ts';

const [P, Q, R] = [1, 2, 3];
const page = (number: number) => `https://stashdb.org/performers/${uuid(number)}`;
const iafd = 'https://www.iafd.com/person.rme/perfid=ada';

/** Nothing but explicit links brings these together. */
const record = (endpoint: string, number: number, changes: Partial<PerformerRecord> = {}) =>
  sampleRecord({
    endpoint,
    remoteId: uuid(number),
    name: `Person ${number}`,
    birthDate: null,
    country: null,
    aliases: [],
    urls: [],
    ...changes,
  });
const image = (source: string, member: number, changes: Partial<ImageOutcome> = {}) =>
  sampleImage(`https://${source}/${member}`, [sampleFace(clusterVector(1, member))], {
    source,
    sha256: String(member).padStart(64, '0'),
    ...changes,
  });

const performerOf = async (catalog: CatalogWriter, endpoint: string, number: number) =>
  (await findRecord(catalog, endpoint, uuid(number)))?.performerId ?? -1;

/** Sources and numbers of the accepted pictures of a record's performer, with their labels. */
async function facesOf(catalog: FreshCatalog, endpoint: string, number: number): Promise<string[]> {
  const performer = await performerOf(catalog, endpoint, number);
  const rows = await catalog.db.all<{ text: string }>(sql`
    SELECT replace(url, 'https://', '') || ' ' || label AS text FROM images
    JOIN faces ON image_id = images.id JOIN labels ON face_id = faces.id
    WHERE images.performer_id = ${performer} AND labels.performer_id = ${performer} AND accepted = 1 ORDER BY label`);
  return rows.map(({ text }) => text);
}

/** P, Q and R of StashDB with a face each. */
async function three(numbers = [P, Q, R]): Promise<FreshCatalog> {
  const catalog = await freshCatalog();
  for (const number of numbers) {
    await commitPerformer(catalog, {
      performer: record('stashdb', number),
      images: [image('stashdb', number)],
    });
  }
  return catalog;
}

type Step = (catalog: FreshCatalog) => Promise<unknown>;
const merge =
  (from: number, into: number): Step =>
  (catalog) =>
    mergeRecords(catalog, 'stashdb', uuid(from), uuid(into));
const remove =
  (number: number): Step =>
  (catalog) =>
    removeRecord(catalog, 'stashdb', uuid(number));
/** R as the stash-box tells it after both merges. */
const tellR: Step = (catalog) =>
  commitPerformer(catalog, {
    performer: record('stashdb', R, { mergedIds: [uuid(P), uuid(Q)] }),
    images: [],
  });

describe('a chain of merges', () => {
  it.each<[string, Step[]]>([
    ['oldest first', [merge(P, Q), merge(Q, R), tellR]],
    ['newest first', [merge(Q, R), merge(P, Q), tellR]],
    ['newest first, after the last target', [tellR, merge(Q, R), merge(P, Q)]],
    [
      'several times over',
      [merge(Q, R), merge(P, Q), tellR, merge(Q, R), merge(P, Q), merge(Q, R), merge(P, Q)],
    ],
  ])('leads to its end, told %s', async (_, steps) => {
    const catalog = await three();
    for (const step of steps) await step(catalog);
    expect(await facesOf(catalog, 'stashdb', R)).toEqual(['stashdb/1 0', 'stashdb/2 1', 'stashdb/3 2']);
    for (const number of [P, Q]) {
      expect(await findRecord(catalog, 'stashdb', uuid(number))).toMatchObject({
        deleted: true,
        mergedInto: uuid(R),
        performerId: await performerOf(catalog, 'stashdb', R),
      });
    }
    expect((await catalogStats(catalog)).performers).toBe(1);
    catalog.close();
  });

  it.each<[string, Step[]]>([
    ['oldest first', [merge(P, Q), merge(Q, R)]],
    ['newest first', [merge(Q, R), merge(P, Q)]],
  ])('passes over a record that the catalog never had, told %s', async (_, steps) => {
    const catalog = await three([P, R]);
    for (const step of steps) await step(catalog);
    expect(await facesOf(catalog, 'stashdb', R)).toEqual(['stashdb/1 0', 'stashdb/3 1']);
    catalog.close();
  });

  it('waits for an end that has yet to arrive, and is not undone meanwhile', async () => {
    const catalog = await three([P, Q]);
    for (const step of [merge(P, Q), merge(Q, R), merge(P, Q)]) await step(catalog);
    expect(await facesOf(catalog, 'stashdb', Q)).toEqual(['stashdb/1 0', 'stashdb/2 1']);
    expect(await findRecord(catalog, 'stashdb', uuid(P))).toMatchObject({ deleted: true });
    expect(await findRecord(catalog, 'stashdb', uuid(Q))).toMatchObject({
      deleted: false,
      mergedInto: uuid(R),
    });
    // It lists the last link only, as a stash-box that keeps its redirects as a chain would.
    const performer = record('stashdb', R, { mergedIds: [uuid(Q)] });
    await commitPerformer(catalog, { performer, images: [image('stashdb', R)] });
    expect(await facesOf(catalog, 'stashdb', R)).toEqual(['stashdb/1 0', 'stashdb/2 1', 'stashdb/3 2']);
    catalog.close();
  });

  it('takes along who waited for a record in its middle', async () => {
    const catalog = await three([P]);
    await merge(P, Q)(catalog);
    const performer = record('stashdb', R, { mergedIds: [uuid(Q)] });
    await commitPerformer(catalog, { performer, images: [image('stashdb', R)] });
    expect(await facesOf(catalog, 'stashdb', R)).toEqual(['stashdb/1 0', 'stashdb/3 1']);
    catalog.close();
  });

  it.each<[string, Step[]]>([
    ['before the merge', [remove(Q), merge(P, Q)]],
    ['after the merge', [merge(P, Q), remove(Q)]],
    ['while somebody waits for it', [remove(Q), merge(P, Q), merge(P, Q), remove(Q)]],
  ])('takes its faces along when its end is destroyed %s', async (_, steps) => {
    const catalog = await three([P, Q]);
    for (const step of steps) await step(catalog);
    expect(await findRecord(catalog, 'stashdb', uuid(P))).toMatchObject({ deleted: true });
    expect(await catalogStats(catalog)).toMatchObject({ performers: 0, performersWithFaces: 0 });
    catalog.close();
  });

  it('leaves a performer alone whose record would be merged into itself', async () => {
    const catalog = await three([P, Q]);
    for (const step of [merge(Q, P), merge(P, Q)]) await step(catalog);
    expect(await facesOf(catalog, 'stashdb', P)).toEqual(['stashdb/1 0', 'stashdb/2 1']);
    catalog.close();
  });

  it('takes tombstones along when another endpoint’s record of the performer stays behind', async () => {
    const catalog = await three([P, Q]);
    const other = { urls: [page(Q)], birthDate: '1960-01-01' };
    await commitPerformer(catalog, { performer: record('fansdb', 7, other), images: [image('fansdb', 7)] });
    await merge(P, Q)(catalog);
    expect(await performerOf(catalog, 'fansdb', 7)).toBe(await performerOf(catalog, 'stashdb', Q));
    // R and the record of the other endpoint contradict each other.
    const performer = record('stashdb', R, { birthDate: '1990-01-01' });
    await commitPerformer(catalog, { performer, images: [image('stashdb', R)] });
    await merge(Q, R)(catalog);
    expect(await facesOf(catalog, 'stashdb', R)).toEqual(['stashdb/1 0', 'stashdb/2 1', 'stashdb/3 3']);
    expect(await facesOf(catalog, 'fansdb', 7)).toEqual(['fansdb/7 2']);
    catalog.close();
  });
});

describe('a record that is destroyed at one of two stash-boxes', () => {
  it('takes the pictures that only it listed, and those that were merged into it', async () => {
    const catalog = await three([P, Q]);
    await commitPerformer(catalog, {
      performer: record('fansdb', 7, { urls: [page(Q)] }),
      images: [image('fansdb', 7)],
    });
    await merge(P, Q)(catalog);
    await remove(Q)(catalog);
    expect(await facesOf(catalog, 'fansdb', 7)).toEqual(['fansdb/7 2']);
    const { db } = catalog;
    expect(await db.all(sql`SELECT DISTINCT source FROM images`)).toEqual([{ source: 'fansdb' }]);
    catalog.close();
  });

  it('leaves the face of a picture that the other one lists too, under its label', async () => {
    const catalog = await three([P]);
    const double = image('fansdb', 7, {
      sha256: String(P).padStart(64, '0'),
      outcome: 'rejected',
      reason: 'duplicate_image',
      faces: [],
      etag: 'theirs',
    });
    await commitPerformer(catalog, { performer: record('fansdb', 7, { urls: [page(P)] }), images: [double] });
    await remove(P)(catalog);
    expect(await facesOf(catalog, 'fansdb', 7)).toEqual(['fansdb/7 0']);
    const [held] = await listImages(catalog, await performerOf(catalog, 'fansdb', 7), PACK);
    expect(held).toMatchObject({ source: 'fansdb', etag: 'theirs', outcome: 'accepted', reason: null });
    catalog.close();
  });

  it('leaves what a reference site showed when the other one gives the same page', async () => {
    const catalog = await freshCatalog();
    const performer = await commitPerformer(catalog, {
      performer: record('stashdb', P, { urls: [iafd, 'https://www.babepedia.com/babe/Ada'] }),
      images: [],
    });
    await commitPerformer(catalog, { performer: record('fansdb', 7, { urls: [page(P), iafd] }), images: [] });
    const recordRef = { endpoint: 'stashdb', remoteId: uuid(P) };
    const images = [image('iafd', 1, { recordRef }), image('babepedia', 2, { recordRef })];
    await commitPerformer(catalog, { performer, images });
    await remove(P)(catalog);
    expect(await facesOf(catalog, 'fansdb', 7)).toEqual(['iafd/1 0']);
    catalog.close();
  });
});
