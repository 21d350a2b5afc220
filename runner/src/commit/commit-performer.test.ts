// Runs in the project served-catalog too.
import { sql } from 'drizzle-orm';
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
import { faceCounts, listAcceptedFaces, listFaces, listImages } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import { readCursor, readProgress, seenIds } from '../catalog/task-state.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from './commit-performer.ts';
import { removeRecord } from './remove-performer.ts';

const accepted = (member: number) => sampleFace(clusterVector(1, member));
const rejected = () =>
  sampleFace(clusterVector(9, 9), { accepted: false, reason: 'face_too_small', embeddings: [] });
const labelsOf = async (catalog: CatalogWriter, performer: number) =>
  (await listAcceptedFaces(catalog, performer, PACK)).map((face) => face.label);

describe('commitPerformer', () => {
  it('keeps a performer, its pictures, faces, vectors, cursor and counters, and gives them back', async () => {
    const catalog = await freshCatalog();
    const face = accepted(1);
    const performer = await commitPerformer(catalog, {
      performer: sampleRecord(),
      images: [sampleImage('https://a/1', [face, rejected()]), sampleImage('https://a/2', [rejected()])],
      cursor: { source: 'stashdb', value: { page: 3 } },
      progress: { run: '7', taskId: '9', counters: { performers: 4 } },
      seen: { scan: 's1', remoteId: uuid(1) },
    });

    expect(await findRecord(catalog, 'stashdb', uuid(1))).toMatchObject({
      performerId: performer,
      updated: '2026-02-01T00:00:00Z',
      deleted: false,
    });
    const [first, second] = await listImages(catalog, performer, PACK);
    expect(first).toMatchObject({ url: 'https://a/1', outcome: 'accepted', reason: null, widthPx: 600 });
    expect(second).toMatchObject({ url: 'https://a/2', outcome: 'rejected', reason: 'no_face' });
    expect(await listFaces(catalog, first?.id ?? 0)).toEqual([face, rejected()]);
    expect(await listAcceptedFaces(catalog, performer, PACK)).toMatchObject([
      { label: 0, source: 'stashdb', embeddings: face.embeddings },
    ]);
    expect(await faceCounts(catalog, performer, PACK)).toEqual({ total: 1, bySource: { stashdb: 1 } });
    expect(await readCursor(catalog, 'stashdb')).toEqual({ page: 3 });
    expect(await readProgress(catalog, '7', '9')).toEqual({ performers: 4 });
    expect(await seenIds(catalog, 's1', [uuid(1), uuid(2)])).toEqual(new Set([uuid(1)]));
    catalog.close();
  });

  it('changes nothing more when it is repeated, as after a crash', async () => {
    const catalog = await freshCatalog();
    const commit = {
      performer: sampleRecord(),
      images: [
        sampleImage('https://a/1', [accepted(1), accepted(2)]),
        sampleImage('https://a/2', [accepted(3)]),
      ],
    };
    const performer = await commitPerformer(catalog, commit);
    const before = [await catalogStats(catalog), await listAcceptedFaces(catalog, performer, PACK)];
    expect(await commitPerformer(catalog, commit)).toBe(performer);
    expect([await catalogStats(catalog), await listAcceptedFaces(catalog, performer, PACK)]).toEqual(before);
    catalog.close();
  });

  it('writes all of a performer or nothing', async () => {
    const catalog = await freshCatalog();
    const broken = sampleImage('https://a/1', [accepted(1)], { source: 'stashdb' });
    const impossible = { ...broken, outcome: 'perhaps' };
    await expect(
      // @ts-expect-error an outcome that the schema does not know
      commitPerformer(catalog, { performer: sampleRecord(), images: [impossible] }),
    ).rejects.toThrow(/CHECK constraint/);
    expect(await findRecord(catalog, 'stashdb', uuid(1))).toBeNull();
    expect(await catalogStats(catalog)).toMatchObject({ performers: 0, packs: [] });
    catalog.close();
  });

  it('replaces the lists of a record that changed', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, { performer: sampleRecord(), images: [] });
    await commitPerformer(catalog, {
      performer: sampleRecord({ aliases: ['Neu'], urls: [], tattoos: [], sceneCount: null }),
      images: [],
    });
    const { db } = catalog;
    expect(await db.all(sql`SELECT alias FROM aliases`)).toEqual([{ alias: 'Neu' }]);
    expect(await db.all(sql`SELECT url FROM urls`)).toEqual([]);
    expect(await db.all(sql`SELECT kind FROM body_modifications`)).toEqual([{ kind: 'piercing' }]);
    expect(await db.get(sql`SELECT scene_count FROM performer_records`)).toEqual({ scene_count: 12 });
    catalog.close();
  });

  it('adds faces of a reference site to a performer by the catalog’s id', async () => {
    const catalog = await freshCatalog();
    const performer = await commitPerformer(catalog, { performer: sampleRecord(), images: [] });
    const image = sampleImage('https://b/1', [accepted(1)], { source: 'babepedia' });
    expect(await commitPerformer(catalog, { performer, images: [image] })).toBe(performer);
    expect((await faceCounts(catalog, performer, PACK)).bySource).toEqual({ babepedia: 1 });
    catalog.close();
  });

  it('refuses a vector of another length, and says what to check', async () => {
    const catalog = await freshCatalog();
    const image = sampleImage('https://a/1', [sampleFace(new Float32Array(128))]);
    await expect(commitPerformer(catalog, { performer: sampleRecord(), images: [image] })).rejects.toThrow(
      'An embedding has 512 components, this one 128: check the model pack',
    );
    catalog.close();
  });
});

describe('labels', () => {
  it('are never given to another performer once retired', async () => {
    const catalog = await freshCatalog();
    const commit = (number: number, faces: number) =>
      commitPerformer(catalog, {
        performer: sampleRecord({ remoteId: uuid(number) }),
        images: [
          sampleImage(
            `https://a/${number}`,
            Array.from({ length: faces }, (_, i) => accepted(i)),
          ),
        ],
      });
    const first = await commit(1, 2);
    const second = await commit(2, 1);
    await commit(1, 1);
    const third = await commit(3, 1);
    expect(await labelsOf(catalog, first)).toEqual([0]);
    expect(await labelsOf(catalog, second)).toEqual([2]);
    expect(await labelsOf(catalog, third)).toEqual([3]);

    await commit(1, 3);
    expect(await labelsOf(catalog, first)).toEqual([0, 1, 4]);
    catalog.close();
  });

  it('stay retired when their performer is deleted', async () => {
    const catalog = await freshCatalog();
    const image = sampleImage('https://a/1', [accepted(1)]);
    await commitPerformer(catalog, { performer: sampleRecord(), images: [image] });
    await removeRecord(catalog, 'stashdb', uuid(1));
    const other = await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(2) }),
      images: [image],
    });
    expect(await labelsOf(catalog, other)).toEqual([1]);
    catalog.close();
  });

  it('of two packs are counted apart', async () => {
    const catalog = await freshCatalog();
    const images = ['p1', 'p2'].map((pack) => sampleImage('https://a/1', [accepted(1)], { pack }));
    const performer = await commitPerformer(catalog, { performer: sampleRecord(), images });
    for (const pack of ['p1', 'p2']) {
      expect(await listAcceptedFaces(catalog, performer, pack)).toMatchObject([{ label: 0 }]);
    }
    catalog.close();
  });
});
