// Runs in the project served-catalog too.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exclusion } from '@trainer/contract/exclusions';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type FreshCatalog, freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { anExclusion } from '../../testing/exclusions/an-exclusion.ts';
import {
  type GeneratedPerformer,
  type GeneratedRelease,
  generateRelease,
  labelVector,
} from '../../testing/releases/generate-release.ts';
import { facesOf, fillCatalog, sampleRequest } from '../../testing/versions/sample-version.ts';
import { listAcceptedFaces } from '../catalog/find-images.ts';
import { readCursor } from '../catalog/task-state.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { removeRecord } from '../commit/remove-performer.ts';
import { openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import { loadPack } from '../models/load-pack.ts';
import { packKey } from '../models/pack.ts';
import { openCheckpoint } from '../progress/checkpoint.ts';
import { adoptDecisions } from '../reconcile/adopt-decisions.ts';
import { applyDecisions } from '../reconcile/apply-decisions.ts';
import { openVersion } from '../versions/read-version.ts';
import { writeVersion } from '../versions/write-version.ts';
import { type Counts, type ImportReport, importRelease } from './import-release.ts';
import { openRelease } from './open-release.ts';
import { packIdOf } from './require-same-models.ts';

const FORMATS = ['stash-sense', 'stash-sense2'] as const;
const VERSION = '2026.02.18';
const page = (id: string) => `https://www.iafd.com/person.rme/perfid=${id}`;

function performer(
  id: number,
  faces: number[],
  changes: Partial<GeneratedPerformer> = {},
): GeneratedPerformer {
  return {
    id,
    name: `Person ${id}`,
    ids: [['stashdb', uuid(id)]],
    aliases: [[`Alias ${id}`, 'stashdb']],
    urls: [['iafd', `person${id}`, page(`person${id}`)]],
    faces: faces.map((label) => ({
      label,
      imageUrl: `https://images.example/${label}.jpg`,
      source: 'stashdb',
    })),
    ...changes,
  };
}

async function released(
  changes: Partial<GeneratedRelease> & Pick<GeneratedRelease, 'performers'>,
): Promise<string> {
  const dir = freshFolder();
  await generateRelease(dir, { format: 'stash-sense', version: VERSION, ...changes });
  return dir;
}

interface Options {
  exclusions?: Exclusion[];
  signal?: AbortSignal;
  onProgress?: (counts: Counts) => void;
}

async function importFrom(
  dir: string,
  catalog: FreshCatalog,
  { exclusions = [], signal = new AbortController().signal, onProgress = () => {} }: Options = {},
): Promise<ImportReport> {
  const release = await openRelease(dir);
  try {
    const exclusionFilter = await openExclusionFilter(catalog, async () => exclusions, signal);
    return await importRelease(release, {
      catalog,
      exclusionFilter,
      pack: loadPack(packIdOf(release)),
      signal,
      onProgress,
    });
  } finally {
    await release.close();
  }
}

/** Everything of the catalog that an import writes, without the times. */
async function contents({ db }: FreshCatalog) {
  const read = (query: string) => db.all(sql.raw(query));
  return {
    performers: await read('SELECT id, origin_endpoint, origin_id FROM performers ORDER BY id'),
    records: await read(
      'SELECT performer_id, endpoint, remote_id, name, birth_date, imported_from FROM performer_records ORDER BY 1, 2, 3',
    ),
    names: await read(
      'SELECT endpoint, remote_id, alias FROM aliases JOIN performer_records AS r ON r.id = record_id ORDER BY 1, 2, 3',
    ),
    urls: await read(
      'SELECT endpoint, remote_id, url FROM urls JOIN performer_records AS r ON r.id = record_id ORDER BY 1, 2, 3',
    ),
    labels: await read(
      `SELECT label, labels.performer_id, url, source, rule, faces.reason, hex(vector) FROM labels JOIN faces ON faces.id = labels.face_id
        JOIN images ON images.id = image_id JOIN embeddings ON embeddings.face_id = faces.id ORDER BY 1, model`,
    ),
  };
}

describe.each(FORMATS)('the import of a release of %s', (format) => {
  it('keeps ids, names, addresses, vectors and labels, and says where they come from', async () => {
    const catalog = await freshCatalog();
    const dir = await released({
      format,
      performers: [performer(7, [4, 0]), performer(9, [1]), performer(12, [])],
    });
    const report = await importFrom(dir, catalog);
    expect(report).toMatchObject({
      looked: 3,
      performers: 3,
      faces: 3,
      dropped: { performers: {}, faces: {} },
    });
    const pack = loadPack(format === 'stash-sense' ? 'stash-sense' : 'buffalo_l');
    const faces = await listAcceptedFaces(catalog, 7, packKey(pack));
    expect(faces.map(({ label }) => label)).toEqual([0, 4]);
    for (const { label, embeddings } of faces) {
      for (const { model, vector } of embeddings) {
        const expected = labelVector(label, model === 'arcface' ? 1 : 0);
        const cosine = vector.reduce((sum, value, at) => sum + value * (expected[at] ?? 0), 0);
        expect(cosine).toBeCloseTo(1, 5);
      }
    }
    const held = await contents(catalog);
    expect(held.performers.map((row) => Object.values(row as object)[0])).toEqual([7, 9, 12]);
    expect(held.records).toContainEqual(
      expect.objectContaining({ name: 'Person 9', imported_from: VERSION }),
    );
    expect(held.names).toContainEqual({ endpoint: 'stashdb', remote_id: uuid(9), alias: 'Alias 9' });
    expect(held.urls).toContainEqual({ endpoint: 'stashdb', remote_id: uuid(9), url: page('person9') });
    expect(held.labels[0]).toMatchObject({ reason: 'imported', rule: `imported from version ${VERSION}` });
  });

  it('goes on where it was cut off, and changes nothing the second time', async () => {
    const performers = Array.from({ length: 30 }, (_, at) => performer(at + 1, [2 * at, 2 * at + 1]));
    const dir = await released({ format, performers });
    const undisturbed = await freshCatalog();
    await importFrom(dir, undisturbed);
    const catalog = await freshCatalog();
    const cut = new AbortController();
    const stopAt = ({ looked }: Counts) => looked === 11 && cut.abort(new Error('cut off'));
    await expect(importFrom(dir, catalog, { signal: cut.signal, onProgress: stopAt })).rejects.toThrow(
      'cut off',
    );
    const looked: number[] = [];
    const report = await importFrom(dir, catalog, { onProgress: (each) => looked.push(each.looked) });
    expect(looked[0]).toBe(12);
    expect(report).toMatchObject({ looked: 30, performers: 30, faces: 60 });
    expect(await contents(catalog)).toEqual(await contents(undisturbed));
    expect(await importFrom(dir, catalog)).toEqual({ ...report, wasFinished: true });
    expect(await contents(catalog)).toEqual(await contents(undisturbed));
  });
});

describe('the import of a release', () => {
  it('keeps several stash-box ids together, also after the decisions of the control plane are read', async () => {
    const catalog = await freshCatalog();
    const ids: GeneratedPerformer['ids'] = [
      ['fansdb', uuid(901)],
      ['stashdb', uuid(1)],
    ];
    await importFrom(await released({ performers: [performer(1, [0], { ids })] }), catalog);
    await adoptDecisions(catalog, []);
    await applyDecisions(catalog);
    const { performers, records } = await contents(catalog);
    expect(performers).toHaveLength(1);
    expect(records).toMatchObject([
      { performer_id: 1, endpoint: 'fansdb' },
      { performer_id: 1, endpoint: 'stashdb' },
    ]);
  });

  it('lets a person decide that two records are not one performer', async () => {
    const catalog = await freshCatalog();
    const ids: GeneratedPerformer['ids'] = [
      ['fansdb', uuid(901)],
      ['stashdb', uuid(1)],
    ];
    await importFrom(await released({ performers: [performer(1, [0], { ids })] }), catalog);
    const key = `duplicate fansdb:${uuid(901)} stashdb:${uuid(1)}`;
    await adoptDecisions(catalog, [{ key, decision: 'different', actor: 'a person' }]);
    await applyDecisions(catalog);
    const { records } = await contents(catalog);
    const owners = new Set(records.map((row) => Object.values(row as object)[0]));
    expect(owners.size).toBe(2);
  });

  it('leaves out whom the rules leave out, and counts them by reason', async () => {
    const catalog = await freshCatalog();
    const exclusions = [
      anExclusion(1, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid(2) } }),
    ];
    const dir = await released({
      performers: [
        performer(1, [0], {
          aliases: [
            ['Ada (birth name)', 'stashdb'],
            ['Ada', 'stashdb'],
            ['Stage', 'stashdb'],
          ],
        }),
        performer(2, [1, 2]),
        performer(3, [3], { birthDate: '2012-01-01' }),
        performer(4, [4], { ids: [] }),
        performer(5, [5], { ids: [['nowhere', 'x']] }),
      ],
    });
    const report = await importFrom(dir, catalog, { exclusions });
    expect(report).toMatchObject({
      performers: 1,
      faces: 1,
      dropped: {
        performers: { excluded: 1, under_age: 1, no_stash_box_id: 1, unknown_stash_box: 1 },
        faces: { excluded: 2, under_age: 1, no_stash_box_id: 1, unknown_stash_box: 1 },
      },
    });
    const { names, records } = await contents(catalog);
    expect(records).toHaveLength(1);
    expect(names).toEqual([{ endpoint: 'stashdb', remote_id: uuid(1), alias: 'Stage' }]);
  });

  it('leaves what the catalog has as it is, and gives new ids and labels where the old ones are taken', async () => {
    const catalog = await freshCatalog();
    const pack = packKey(loadPack('stash-sense'));
    const [image] = facesOf(500, 1, ['facenet', 'arcface']);
    await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(500), name: 'Held', urls: [] }),
      images: [{ ...image, pack } as NonNullable<typeof image>],
    });
    const dir = await released({
      performers: [
        performer(1, [0, 1]),
        performer(2, [2]),
        performer(3, [3], { ids: [['stashdb', uuid(500)]] }),
      ],
    });
    const report = await importFrom(dir, catalog);
    expect(report.known.performers).toBe(1);
    const labelled = await catalog.db.all<{ label: number; name: string }>(sql`
      SELECT label, name FROM labels JOIN performer_records USING (performer_id) WHERE face_id IS NOT NULL ORDER BY label`);
    expect(labelled).toEqual([
      { label: 0, name: 'Held' },
      { label: 1, name: 'Person 1' },
      { label: 2, name: 'Person 2' },
      { label: 3, name: 'Held' },
      { label: 5, name: 'Person 1' },
    ]);
  });

  it('does not take in a record that its stash-box has removed', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, { performer: sampleRecord({ remoteId: uuid(1), urls: [] }), images: [] });
    await removeRecord(catalog, 'stashdb', uuid(1));
    const report = await importFrom(await released({ performers: [performer(1, [0])] }), catalog);
    expect(report).toMatchObject({ faces: 0, dropped: { performers: { removed_by_stash_box: 1 } } });
  });

  it('gives the faces of a merged record to the one that it was merged into', async () => {
    const catalog = await freshCatalog();
    const target = sampleRecord({ remoteId: uuid(2), name: 'Target', mergedIds: [uuid(1)], urls: [] });
    await commitPerformer(catalog, { performer: sampleRecord({ remoteId: uuid(1), urls: [] }), images: [] });
    const held = await commitPerformer(catalog, { performer: target, images: [] });
    await importFrom(await released({ performers: [performer(1, [0])] }), catalog);
    expect(await listAcceptedFaces(catalog, held, packKey(loadPack('stash-sense')))).toMatchObject([
      { label: 0 },
    ]);
  });

  it('does not give away labels that the release has retired', async () => {
    const catalog = await freshCatalog();
    const dir = await released({ format: 'stash-sense2', performers: [performer(1, [0])] });
    writeFileSync(join(dir, 'faces.json'), JSON.stringify([`stashdb.org:${uuid(1)}`, null, null]));
    const manifest = { version: VERSION, created_at: '2026-02-18T03:00:00Z' };
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest));
    await importFrom(dir, catalog);
    const pack = packKey(loadPack('buffalo_l'));
    const images = facesOf(2, 1, ['w600k_r50']).map((image) => ({ ...image, pack }));
    await commitPerformer(catalog, { performer: sampleRecord({ remoteId: uuid(2), urls: [] }), images });
    const labels = await catalog.db.all<{ label: number }>(
      sql`SELECT label FROM labels WHERE face_id IS NOT NULL ORDER BY label`,
    );
    expect(labels.map(({ label }) => label)).toEqual([0, 3]);
  });

  it('makes the next run ask a stash-box for what changed since the release', async () => {
    const catalog = await freshCatalog();
    await importFrom(await released({ performers: [performer(1, [0])] }), catalog);
    const stored = await readCursor(catalog, `stashdb:${packKey(loadPack('stash-sense'))}`);
    const wanted = { limits: { source: 5, total: 20 }, policy: 'anything' };
    const { checkpoint, needsFullScan } = openCheckpoint(stored, wanted, new Date());
    expect(needsFullScan).toBe(false);
    expect(checkpoint.cursor).toMatchObject({ syncedAt: '2026-02-18T03:00:00.000Z', check: { after: '' } });
  });

  it('refuses vectors of other models before anything is stored', async () => {
    const catalog = await freshCatalog();
    const other = await released({
      performers: [performer(1, [0])],
      manifest: { models: { flip_averaging: false } },
    });
    await expect(importFrom(other, catalog)).rejects.toThrow('states flip_averaging false');
    const unknown = await released({
      performers: [performer(1, [0])],
      manifest: { model_pack: 'starter', pack: { fingerprint: 'f'.repeat(64) } },
    });
    await expect(importFrom(unknown, catalog)).rejects.toThrow('its fingerprint is ffff');
    expect((await contents(catalog)).records).toEqual([]);
  });

  it.each([
    [
      'a changed file',
      (dir: string) => writeFileSync(join(dir, 'faces.json'), '[]'),
      'faces.json has the sha256',
    ],
    ['a missing index', (dir: string) => rmSync(join(dir, 'face_arcface.voy')), 'It holds neither'],
    [
      'a missing manifest',
      (dir: string) => rmSync(join(dir, 'manifest.json')),
      'manifest.json of the release',
    ],
  ])('refuses a release with %s', async (_, damage, reason) => {
    const dir = await released({ performers: [performer(1, [0])] });
    damage(dir);
    await expect(openRelease(dir)).rejects.toThrow(reason);
  });

  it.each([
    ['face_facenet.voy', 'it is no Voyager 2 index'],
    ['performers.db', 'performers.db cannot be read'],
  ])('refuses a broken %s', async (name, reason) => {
    const dir = await released({ performers: [performer(1, [0])] });
    writeFileSync(join(dir, name), Buffer.alloc(200));
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: VERSION }));
    await expect(openRelease(dir)).rejects.toThrow(reason);
  });

  it('brings a version of our own back as it was, label by label', async () => {
    const source = await freshCatalog();
    await fillCatalog(source, 6, 3);
    const dir = freshFolder();
    const order = await sampleRequest({ stagingDir: join(dir, 'staging') });
    const written = await writeVersion(source, order);
    const catalog = await freshCatalog();
    await importFrom(written.dir, catalog);
    const again = await writeVersion(catalog, {
      ...order,
      packKey: packKey(order.pack),
      stagingDir: join(dir, 'again'),
    });
    const [before, after] = [await openVersion(written.dir), await openVersion(again.dir)];
    for (let id = 1; id <= 6; id++)
      expect(after.performerWithFaces(id)).toEqual(before.performerWithFaces(id));
    expect(after.stats()).toEqual(before.stats());
    expect(await after.nearest('facenet', 4, 2)).toEqual(await before.nearest('facenet', 4, 2));
    await Promise.all([before.close(), after.close()]);
  });
});
