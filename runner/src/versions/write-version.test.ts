import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { manifestSchema } from '@trainer/contract/versions';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { PACK, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { facesOf, fillCatalog, sampleRequest } from '../../testing/versions/sample-version.ts';
import { packStats } from '../catalog/catalog-stats.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { removeRecord } from '../commit/remove-performer.ts';
import { loadPack } from '../models/load-pack.ts';
import { INDEX_PARAMETERS } from './build-index.ts';
import { openVersion, type VersionReader } from './read-version.ts';
import { unpackVersion } from './unpack-version.ts';
import { type VersionRequest, writeVersion } from './write-version.ts';

async function publish(catalog: CatalogWriter, changes: Partial<VersionRequest> = {}) {
  const order = await sampleRequest(changes);
  const written = await writeVersion(catalog, order);
  return { order, written, zip: join(written.dir, written.filename) };
}

async function unpacked(zip: string): Promise<string> {
  const dir = freshFolder();
  await unpackVersion(zip, dir);
  return dir;
}

const json = (dir: string, name: string) => JSON.parse(readFileSync(join(dir, name), 'utf8'));

describe('writeVersion', () => {
  it('makes a version whose files agree, and names the artifacts to upload', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 30, 4);
    await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(99), name: 'Nobody' }),
      images: [],
    });
    const stages = new Set<string>();
    const { written, zip, order } = await publish(catalog, { onProgress: ({ stage }) => stages.add(stage) });

    expect(readdirSync(written.dir).sort()).toEqual(written.artifacts.map((each) => each.name).sort());
    expect(written.artifacts.map((each) => each.name)).toEqual([
      'stash-sense-2026.03.01.zip',
      'manifest.json',
      'manifest.json.sig',
      'quality.json',
      'SHA256SUMS',
    ]);
    for (const { name, sha256, size } of written.artifacts) {
      const bytes = readFileSync(join(written.dir, name));
      expect([bytes.length, createHash('sha256').update(bytes).digest('hex')], name).toEqual([size, sha256]);
    }
    expect(manifestSchema.parse(json(written.dir, 'manifest.json'))).toMatchObject({
      version: '2026.03.01',
      performer_count: 30,
      face_count: 120,
      sources: ['stashdb'],
      format: 'stash-sense',
      model_pack: 'starter',
      indexes: { one_embedder_fills_both: true },
    });
    expect([...stages]).toEqual(['database', 'vectors', 'index', 'check', 'measure', 'verify', 'pack']);

    const dir = await unpacked(zip);
    expect(readdirSync(dir).sort()).toEqual([
      'face_arcface.voy',
      'face_facenet.voy',
      'faces.json',
      'manifest.json',
      'performers.db',
      'performers.json',
      'quality.json',
    ]);
    expect(json(dir, 'faces.json')[5]).toBe(`stashdb.org:${uuid(2)}`);
    expect(json(dir, 'performers.json')[`stashdb.org:${uuid(2)}`]).toEqual({
      name: 'Person 2',
      country: 'US',
      image_url: 'https://stashdb.example/images/1',
      face_count: 4,
    });
    const reader = await openVersion(zip);
    expect(await reader.verify()).toEqual([]);
    await reader.close();
    expect(json(written.dir, 'quality.json')).toMatchObject({
      size: { performers: 31, performers_with_faces: 30, faces: 120, median_faces: 4 },
      histogram: { '0': 1, '4+': 30, '5+': 0 },
      self_recognition: { starter: { own_vector_first: 1, top1: 1 } },
    });
    expect(order.key.publicKeyPem).toContain('BEGIN PUBLIC KEY');
    catalog.close();
  });

  it('makes the same files of the same catalog, and another index per embedder', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 26, 4, ['facenet', 'arcface']);
    const pack = loadPack('stash-sense');
    const [one, two] = [await publish(catalog, { pack }), await publish(catalog, { pack })];
    const sums = one.written.manifest.checksums;
    expect(two.written.manifest.checksums).toEqual(sums);
    expect(sums['face_facenet.voy']).not.toBe(sums['face_arcface.voy']);
    expect(one.written.quality.warnings).toEqual([]);
    expect(one.written.manifest).toMatchObject({
      models: { detector: 'scrfd_det_500m', flip_averaging: true },
      indexes: {
        'face_facenet.voy': 'facenet',
        'face_arcface.voy': 'arcface',
        one_embedder_fills_both: false,
      },
    });
    catalog.close();
  });

  it('leaves a gap where somebody left, and gives their labels to nobody', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 30, 4);
    const before = await publish(catalog);
    await removeRecord(catalog, 'stashdb', uuid(2));
    await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(50), name: 'Newcomer', urls: [] }),
      images: facesOf(50, 3),
    });
    const { zip, written } = await publish(catalog, {
      version: '2026.03.02',
      parent: before.written.manifest,
    });
    const dir = await unpacked(zip);
    const faces: (string | null)[] = json(dir, 'faces.json');
    expect(faces.slice(3, 9)).toEqual([
      `stashdb.org:${uuid(1)}`,
      null,
      null,
      null,
      null,
      `stashdb.org:${uuid(3)}`,
    ]);
    expect(faces.slice(120)).toEqual(Array(3).fill(`stashdb.org:${uuid(50)}`));
    expect(written.manifest).toMatchObject({
      face_count: 123,
      parent_version: '2026.03.01',
      counts: { faces: 119, gaps: 4 },
    });
    expect(json(written.dir, 'quality.json').change).toMatchObject({ performers_delta: 0, faces_delta: -1 });
    expect(readFileSync(join(dir, 'performers.json'), 'utf8')).not.toContain(uuid(2));

    const reader = await openVersion(dir);
    expect(await reader.verify()).toEqual([]);
    const labels = (await reader.nearest('facenet', 0, 200)).map((each) => each.label);
    expect(labels).toHaveLength(118);
    expect(labels.filter((label) => label >= 4 && label < 8)).toEqual([]);
    await reader.close();
    catalog.close();
  });

  it('takes up the finished files of an earlier attempt, and builds anew when they were harmed', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 5, 2);
    const { order, written } = await publish(catalog);
    const again = await writeVersion(catalog, order);
    expect(again).toEqual({ ...written, reused: true });
    expect((await writeVersion(catalog, { ...order, version: '2026.03.01.1' })).reused).toBe(false);
    const current = await writeVersion(catalog, order);
    truncateSync(join(current.dir, current.filename), 100);
    expect((await writeVersion(catalog, order)).reused).toBe(false);
    catalog.close();
  });

  it('starts over a folder that a crash left half-made', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 3, 2);
    const order = await sampleRequest();
    const stopped = new AbortController();
    const onProgress = ({ stage }: { stage: string }) =>
      stage === 'vectors' && stopped.abort(new Error('stop'));
    await expect(writeVersion(catalog, { ...order, signal: stopped.signal, onProgress })).rejects.toThrow(
      'stop',
    );
    expect(existsSync(order.stagingDir)).toBe(false);
    expect((await writeVersion(catalog, order)).manifest.face_count).toBe(6);
    expect(existsSync(`${order.stagingDir}.partial`)).toBe(false);
    catalog.close();
  });

  it('builds with fewer than 100 vectors, and warns that a sidecar will fail', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 1, 1);
    const { written } = await publish(catalog);
    expect(written.quality.warnings[0]).toMatch(
      /^It holds 1 vectors. A stash-sense sidecar asks for 100 neighbours and fails/,
    );
    expect(written.manifest).toMatchObject({ warnings: written.quality.warnings });
    expect(written.quality.self_recognition).toBeNull();
    catalog.close();
  });

  it('refuses a catalog without faces and says what to do', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, { performer: sampleRecord(), images: [] });
    await expect(publish(catalog)).rejects.toThrow(
      'The catalog holds no accepted face with vectors of starter (model pack starter), so there is nothing to ' +
        'publish. Build with faces enabled first.',
    );
    catalog.close();
  });

  it('leaves out whom the filter leaves out, in every file', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 4, 3);
    const { zip } = await publish(catalog, {
      filter: {
        keepsPerformer: (performer) => !performer.records.some((record) => record.remoteId === uuid(1)),
        keepsRecord: () => true,
        keepsFace: (face) => face.label !== 11,
      },
    });
    const reader = await openVersion(zip);
    expect(await reader.verify()).toEqual([]);
    expect(reader.performerByStashBoxId('stashdb', uuid(1))).toBeNull();
    expect(reader.stats()).toMatchObject({ performers: 3, faces: 8 });
    expect(json(reader.dir, 'faces.json')).toHaveLength(11);
    await reader.close();
    catalog.close();
  });

  it('takes the better endpoint’s word, fills its gaps, and keeps local paths at home', async () => {
    const catalog = await freshCatalog();
    const shared = { urls: [`https://stashdb.org/performers/${uuid(1)}`] };
    await commitPerformer(catalog, {
      performer: sampleRecord({
        endpoint: 'pmvstash',
        remoteId: uuid(7),
        name: 'Other',
        ethnicity: 'ASIAN',
        ...shared,
      }),
      images: [],
    });
    await commitPerformer(catalog, { performer: sampleRecord({ imageUrl: null }), images: facesOf(1, 1) });
    await commitPerformer(catalog, {
      performer: sampleRecord({
        endpoint: 'folder',
        remoteId: 'jane',
        name: 'Jane',
        aliases: [],
        urls: [],
        imageUrl: 'file:///home/j.jpg',
      }),
      images: facesOf(2, 1).map((image) => ({ ...image, source: 'folder', url: '/home/me/j.jpg' })),
    });
    const { zip } = await publish(catalog);
    const dir = await unpacked(zip);
    const db = new DatabaseSync(join(dir, 'performers.db'), { readOnly: true });
    expect(db.prepare('SELECT canonical_name, ethnicity, image_url FROM performers').all()).toEqual([
      { canonical_name: 'Ada Example', ethnicity: 'ASIAN', image_url: 'https://stashdb.example/images/1' },
      { canonical_name: 'Jane', ethnicity: null, image_url: null },
    ]);
    expect(db.prepare('SELECT source_endpoint, image_url FROM faces ORDER BY 1').all()).toEqual([
      { source_endpoint: 'folder', image_url: null },
      { source_endpoint: 'stashdb', image_url: 'https://stashdb.example/images/1-0' },
    ]);
    expect(Object.keys(json(dir, 'performers.json'))).toEqual([`stashdb.org:${uuid(1)}`, 'folder.org:jane']);
    expect(db.prepare("SELECT alias FROM aliases WHERE source_endpoint = 'pmvstash'").all()).toContainEqual({
      alias: 'Other',
    });
    db.close();
    catalog.close();
  });

  it('looks for everybody in every index, and says in manifest and report what a sidecar finds', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 30, 4);
    await removeRecord(catalog, 'stashdb', uuid(2));
    const { written } = await publish(catalog);
    const measured = { neighbours: 100, looked_for: 116, missed: 0, recall_at_1: 1, recall_asked: 116 };
    expect(written.manifest).toMatchObject({
      indexes: { m: INDEX_PARAMETERS.m, measured: { starter: { ...measured, missing: 0 } } },
    });
    expect(json(written.dir, 'quality.json').findability).toMatchObject({
      starter: { ...measured, missing: { count: 0, labels: [] } },
    });
    catalog.close();
  });

  it.each([
    ['NaN', Number.NaN],
    ['nothing but zeros', 0],
  ])('refuses a vector of %s, and names the face', async (_, value) => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 3, 2);
    const damaged = new Uint8Array(new Float32Array(512).fill(value).buffer);
    const face = await catalog.db.get<{ id: number }>(sql`
      UPDATE embeddings SET vector = ${damaged} WHERE face_id = (SELECT face_id FROM labels WHERE label = 3)
      RETURNING face_id AS id`);
    await expect(publish(catalog)).rejects.toThrow(
      `The vector of starter of face ${face.id} (label 3, performer 2) is damaged in the catalog`,
    );
    catalog.close();
  });

  it('keeps faces out whose vectors are not there, and counts them', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 3, 2);
    await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(9) }),
      images: facesOf(9, 1, ['another-model']),
    });
    const { written } = await publish(catalog);
    expect(json(written.dir, 'quality.json').consistency).toMatchObject({
      database_faces: 6,
      accepted_faces_left_out: 1,
    });
    expect((await packStats(catalog, PACK)).faces).toBe(7);
    catalog.close();
  });
});

describe('openVersion', () => {
  it('answers what people ask of a version', async () => {
    const catalog = await freshCatalog();
    await fillCatalog(catalog, 12, 3);
    const { zip, written } = await publish(catalog);
    const reader: VersionReader = await openVersion(written.dir);
    const found = reader.performerByStashBoxId('stashdb', uuid(2));
    const id = found?.id ?? 0;
    expect(found).toMatchObject({ canonical_name: 'Person 2', universal_id: `stashdb.org:${uuid(2)}` });
    expect(reader.performer(id)).toEqual(found);
    expect(reader.performerByUniversalId(`stashdb.org:${uuid(2)}`)).toEqual(found);
    expect(reader.performerWithFaces(id)).toMatchObject({
      aliases: ['Alias 2'],
      faces: [{ label: 3 }, {}, {}],
    });
    expect(reader.faceLabels(id)).toEqual([3, 4, 5]);
    expect(reader.search('person 1').map((each) => each.canonical_name)).toEqual([
      'Person 1',
      'Person 10',
      'Person 11',
      'Person 12',
    ]);
    expect(reader.search('alias 3')).toMatchObject([{ canonical_name: 'Person 3' }]);
    expect(reader.search('100%')).toEqual([]);
    expect([...reader.stashBoxIds()]).toHaveLength(12);
    expect(reader.stats()).toEqual({
      performers: 12,
      performers_with_faces: 12,
      faces: 36,
      aliases: 12,
      stashbox_ids: { stashdb: 12 },
    });
    expect((await reader.nearest('arcface', 4, 2)).map((each) => each.performer.id)).toEqual([id, id]);
    await expect(reader.nearest('facenet', 999, 2)).rejects.toThrow('The version has no face with label 999');
    await reader.close();
    expect(existsSync(reader.dir)).toBe(false);
    expect(existsSync(zip)).toBe(true);
    catalog.close();
  });

  it('says what is wrong with a path that is no version', async () => {
    const dir = freshFolder();
    await expect(openVersion(join(dir, 'nowhere'))).rejects.toThrow('There is no version at');
    await expect(openVersion(dir)).rejects.toThrow('holds neither performers.db nor exactly one .zip');
    writeFileSync(join(dir, 'a.zip'), 'not a zip');
    await expect(openVersion(join(dir, 'a.zip'))).rejects.toThrow('is not a zip file that can be read');
    rmSync(dir, { recursive: true });
  });
});
