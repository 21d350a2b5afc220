// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { clusterVector, sampleFace, sampleImage, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { anExclusion } from '../../testing/exclusions/an-exclusion.ts';
import { countRuns, readAll } from '../../testing/exclusions/find-vector.ts';
import { catalogStats, packStats } from '../catalog/catalog-stats.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { mergeRecords } from '../commit/remove-performer.ts';
import { loadPack } from '../models/load-pack.ts';
import { formerPackKeys, packKey } from '../models/pack.ts';
import { enforceExclusions } from './enforce-exclusions.ts';
import { keepExcludedFace } from './excluded-faces.ts';
import { openExclusionFilter } from './open-exclusion-filter.ts';

const never = new AbortController().signal;
const pack = loadPack('starter');
const PACK = packKey(pack);
const { embedder } = pack.matching;
const MODELS = [embedder, 'a_second_model'];

const vectorOf = (performer: number, member: number, model = 0) =>
  clusterVector(performer + model * 1_000, member, 0.2);

/** Commits a performer with a face of `cluster` on each image, with a vector of two models. */
async function commit(
  catalog: CatalogWriter,
  number: number,
  clusters: number[],
  changes = {},
): Promise<void> {
  await commitPerformer(catalog, {
    performer: sampleRecord({
      remoteId: uuid(number),
      name: `Person ${number}`,
      aliases: [],
      urls: [`https://www.iafd.com/person.rme/perfid=person${number}`],
      ...changes,
    }),
    images: clusters.map((cluster, member) => {
      const embeddings = MODELS.map((model, i) => ({ model, vector: vectorOf(cluster, member, i) }));
      const face = sampleFace(vectorOf(cluster, member), { embeddings });
      return sampleImage(`https://x/${number}/${member}`, [face], { pack: PACK, sha256: null });
    }),
  });
}

/** What other rooms keep about a performer beside its records. */
async function noteElsewhere(catalog: CatalogWriter, number: number): Promise<void> {
  const held = await findRecord(catalog, 'stashdb', uuid(number));
  const id = held?.performerId ?? 0;
  const pair = `'stashdb:${uuid(number)}', 'pmvstash:page-of-${number}'`;
  await catalog.client.batch([
    `INSERT INTO page_names (performer_id, source, name) VALUES (${id}, 'iafd', 'page-of-${number}')`,
    `INSERT INTO read_pages (performer_id, source, url, status, came_from, content, read_at)
      VALUES (${id}, 'iafd', 'https://x/page-of-${number}', 200, '', CAST('page-of-${number}' AS BLOB), '')`,
    `INSERT INTO links (first, second, rule, evidence, linked_at) VALUES (${pair}, '', '', '')`,
    `INSERT INTO conflicts (first, second, kind, evidence, found_at) VALUES (${pair}, '', '', '')`,
    `INSERT INTO reviews (key, kind, rule, first, second, evidence, found_at)
      VALUES ('one', 'duplicate', '', ${pair}, '', '')`,
    `INSERT INTO decisions (key, kind, first, second, actor, decided_at) VALUES ('one', 'duplicate', ${pair}, '', '')`,
  ]);
}

async function world(people: number, faces = 4) {
  const folder = freshFolder();
  const catalog = await freshCatalog(folder);
  for (let number = 1; number <= people; number++) {
    await commit(
      catalog,
      number,
      Array.from({ length: faces }, () => number),
    );
  }
  const enforce = async (...exclusions: ReturnType<typeof anExclusion>[]) => {
    const exclusionFilter = await openExclusionFilter(catalog, async () => exclusions, never);
    return enforceExclusions(catalog, exclusionFilter, never);
  };
  return { folder, catalog, enforce };
}

const byId = (id: number, number: number) =>
  anExclusion(id, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid(number) } });
const FACE = 'fa'.repeat(32);
const byFace = (id: number) => anExclusion(id, { kind: 'face', value: { fingerprint: FACE } });

describe('a person who is excluded', () => {
  it('leaves the catalog with everything, and no byte of a vector or a name stays in its files', async () => {
    const { folder, catalog, enforce } = await world(40);
    // Written, replaced and moved about before: whatever pages were used in between count too.
    for (const number of [7, 20, 33]) await commit(catalog, number, [number, number, number]);
    await commit(catalog, 20, [20, 20, 20, 20], {
      endpoint: 'fansdb',
      remoteId: uuid(920),
      urls: [`https://stashdb.org/performers/${uuid(20)}`],
    });
    await mergeRecords(catalog, 'stashdb', uuid(33), uuid(34));
    await noteElsewhere(catalog, 20);
    const names = [
      'page-of-20',
      uuid(7),
      uuid(20),
      uuid(920),
      uuid(33),
      'Person 20',
      'person7',
      'https://x/20/',
    ];
    const vectors = [7, 20, 33, 34].flatMap((number) =>
      [0, 1, 2, 3].flatMap((member) => [vectorOf(number, member), vectorOf(number, member, 1)]),
    );
    const before = readAll(folder);
    for (const name of names) expect(before.includes(name), name).toBe(true);
    expect(countRuns(before, [vectorOf(20, 1)])).toBeGreaterThanOrEqual(509);

    const { enforced, left, isScrubbed } = await enforce(byId(1, 7), byId(2, 20), byId(3, 33));
    expect(left).toEqual({ excluded: 3 });
    expect(enforced.map(({ id, performers_removed }) => [id, performers_removed])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(isScrubbed).toBe(true);
    const after = readAll(folder);
    for (const name of names) expect(after.includes(name), name).toBe(false);
    expect(countRuns(after, vectors)).toBe(0);
    expect(countRuns(after, [vectorOf(21, 1)])).toBe(509);
    catalog.close();
  });

  it('has no row left in any table that names performers, but for its retired labels', async () => {
    const { catalog, enforce } = await world(2);
    await noteElsewhere(catalog, 1);
    const id = (await findRecord(catalog, 'stashdb', uuid(1)))?.performerId ?? 0;
    const { client } = catalog;
    const { rows: tables } = await client.execute(
      `SELECT DISTINCT m.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND c.name = 'performer_id' ORDER BY 1`,
    );
    const holders = async () => {
      const found: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.execute(`SELECT 1 FROM ${name} WHERE performer_id = ${id} LIMIT 1`);
        if (rows.length > 0) found.push(String(name));
      }
      return found;
    };
    expect((await holders()).length).toBeGreaterThan(3);
    await enforce(byId(1, 1));
    expect(await holders()).toEqual(['labels']);
    catalog.close();
  });

  it('takes its labels along: nobody gets them again', async () => {
    const { catalog, enforce } = await world(3, 2);
    const labels = async () =>
      (
        await catalog.client.execute('SELECT label, face_id IS NULL AS retired FROM labels ORDER BY 1')
      ).rows.map(({ label, retired }) => `${label}${retired ? ' retired' : ''}`);
    expect(await labels()).toEqual(['0', '1', '2', '3', '4', '5']);
    await enforce(byId(1, 2));
    await commit(catalog, 8, [8, 8]);
    await enforce();
    await commit(catalog, 2, [2]);
    expect(await labels()).toEqual(['0', '1', '2 retired', '3 retired', '4', '5', '6', '7', '8']);
    catalog.close();
  });

  it('is counted once, however often it is enforced', async () => {
    const { catalog, enforce } = await world(2);
    const first = await enforce(byId(4, 1));
    expect(first.enforced).toEqual([{ id: 4, performers_removed: 1, faces_removed: 4 }]);
    expect(await enforce(byId(4, 1))).toEqual({ enforced: first.enforced, left: {}, isScrubbed: true });
    catalog.close();
  });

  it('brings along what was committed meanwhile under another id', async () => {
    const { catalog, enforce } = await world(2);
    await enforce(byId(1, 1));
    // As a task does that began before the exclusion was known.
    await commit(catalog, 9, [1], {
      endpoint: 'pmvstash',
      urls: ['https://www.iafd.com/person.rme/perfid=person1'],
    });
    const { left, enforced } = await enforce(byId(1, 1));
    expect([left, enforced]).toEqual([{ excluded: 1 }, [{ id: 1, performers_removed: 2, faces_removed: 5 }]]);
    expect((await catalogStats(catalog)).performers).toBe(1);
    catalog.close();
  });
});

describe('a person who is excluded by face', () => {
  it('leaves as a performer, and as a stray picture of somebody else', async () => {
    const { folder, catalog, enforce } = await world(4);
    await commit(catalog, 6, [6, 6, 6, 2]);
    await commit(catalog, 7, [7, 2]);
    await keepExcludedFace(catalog, FACE, new Map([[PACK, vectorOf(2, 99)]]));
    const { enforced, left } = await enforce(byFace(3));
    expect(left).toEqual({ excluded: 2 });
    expect(enforced).toEqual([{ id: 3, performers_removed: 2, faces_removed: 7 }]);
    const stats = await packStats(catalog, PACK);
    expect([stats.faces, stats.imagesByReason.filter(({ accepted }) => !accepted)]).toEqual([
      15,
      [{ source: 'stashdb', accepted: false, reason: 'excluded', count: 1 }],
    ]);
    const after = readAll(folder);
    expect(
      countRuns(
        after,
        [0, 1, 2, 3].map((member) => vectorOf(2, member)),
      ),
    ).toBe(0);
    expect(await findRecord(catalog, 'stashdb', uuid(2))).toBeNull();
    catalog.close();
  });

  it('is unknown to packs that never saw the photo', async () => {
    const { catalog } = await world(1);
    await keepExcludedFace(catalog, FACE, new Map([[PACK, vectorOf(2, 99)]]));
    const exclusionFilter = await openExclusionFilter(catalog, async () => [byFace(3)], never);
    expect([exclusionFilter.unknownFaces(PACK), exclusionFilter.unknownFaces('other@1')]).toEqual([[], [3]]);
    catalog.close();
  });

  it('is still known after a change of our own arithmetic, because nobody has its photo any more', async () => {
    const { catalog } = await world(1);
    const sidecars = loadPack('stash-sense');
    const [former = ''] = formerPackKeys(sidecars);
    expect(former).not.toBe('');
    await keepExcludedFace(catalog, FACE, new Map([[former, vectorOf(2, 99)]]));
    const exclusionFilter = await openExclusionFilter(catalog, async () => [byFace(3)], never);
    expect(exclusionFilter.unknownFaces(packKey(sidecars))).toEqual([]);
    const judge = exclusionFilter.faceJudge(packKey(sidecars), sidecars.matching);
    expect([judge(vectorOf(2, 99)), judge(vectorOf(3, 99))]).toEqual([3, null]);
    catalog.close();
  });

  it('and taken back is forgotten: the vector too', async () => {
    const { folder, catalog } = await world(2);
    await commit(catalog, 6, [6, 6, 6, 2]);
    const photo = vectorOf(2, 99);
    await keepExcludedFace(catalog, FACE, new Map([[PACK, photo]]));
    await enforceExclusions(
      catalog,
      await openExclusionFilter(catalog, async () => [byFace(3)], never),
      never,
    );
    await openExclusionFilter(
      catalog,
      async () => [{ ...byFace(3), removed_at: '2026-02-01T00:00:00Z' }],
      never,
    );
    expect(countRuns(readAll(folder), [photo])).toBe(0);
    const stats = await packStats(catalog, PACK);
    expect(stats.imagesByReason.map(({ reason }) => reason)).toEqual(['accepted']);
    catalog.close();
  });
});
