import { shippedSources } from '@trainer/contract/shipped-sources';
import type { SourceId } from '@trainer/contract/sources';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDeps } from '../../testing/catalog/samples.ts';
import { anExclusion } from '../../testing/exclusions/an-exclusion.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { type Crowd, type CrowdOptions, crowdOf } from '../../testing/pipeline/enrich-world.ts';
import type { Faults } from '../../testing/sites/faults.ts';
import { faceCounts, listImages } from '../catalog/find-images.ts';
import { listLiveIds } from '../catalog/find-record.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import { removeRecord } from '../commit/remove-performer.ts';
import { SourceBlocked } from '../http/request-errors.ts';
import { packKey } from '../models/pack.ts';

const sites = shippedSources.filter(({ protocol }) => protocol === 'page').map(({ id }) => id);
const { params } = fakeLease('any');
const DAY_MS = 24 * 3_600_000;

const pagesOf = (crowd: Crowd, site: SourceId) => crowd.sites.get(site)?.pagesAsked() ?? [];
const facesOf = async (crowd: Crowd, performer: number) =>
  (await faceCounts(crowd.catalog, performer, packKey(crowd.engine.pack))).bySource;

/** Two on AFDB, which is believed without comparing and sends validators. */
const onAfdb: CrowdOptions = { people: 2, sites: ['afdb'] };

describe.for(sites)('enriching from %s', (site) => {
  it('adds faces with what led to them, and asks for no page again that is as it was', async () => {
    await using crowd = await crowdOf({ people: 3, sites: [site] });
    const run = crowd.begin();
    expect(await run(site)).toEqual({ outcome: 'done' });
    expect(crowd.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    const progress = crowd.reports.at(-1);
    expect(progress).toMatchObject({ performers_processed: 3, performers_total: 3, errors: 0 });
    expect(progress?.faces_added).toBeGreaterThanOrEqual(3);
    const images = await listImages(crowd.catalog, 1, packKey(crowd.engine.pack));
    const [found] = images.filter(({ source }) => source === site);
    expect(found).toMatchObject({ outcome: 'accepted', pageUrl: expect.stringMatching(/^https:/) });
    expect(found?.rule).toEqual(expect.any(String));
    const { asked = [] } = crowd.sites.get(site) ?? {};
    const [before, analysed] = [asked.length, crowd.engine.analysed()];
    expect(await run(site, { run: 2 })).toEqual({ outcome: 'done' });
    expect(asked.slice(before).filter(({ status }) => status !== 304)).toEqual([]);
    expect(crowd.engine.analysed()).toBe(analysed);
  });
});

describe('an enrich task', () => {
  it('ties an image to the record whose address led to it, and keeps the page’s names to itself', async () => {
    await using crowd = await crowdOf(onAfdb);
    await crowd.begin()('afdb');
    const { db } = crowd.catalog;
    const tied = await db.all(sql`SELECT DISTINCT rule, record_id AS record FROM images WHERE source = 'afdb'
      AND performer_id = 1 ORDER BY rule`);
    expect(tied).toContainEqual({ rule: 'headshot', record: 1 });
    expect(await db.all(sql`SELECT name FROM page_names WHERE performer_id = 1 ORDER BY name`)).toEqual([
      { name: 'Bea Dolbarbar' },
      { name: 'Bea Example' },
    ]);
    expect(await db.all(sql`SELECT count(*) AS n FROM performers`)).toEqual([{ n: 2 }]);
    expect(await db.all(sql`SELECT alias FROM aliases`)).toEqual([]);
  });

  it('leaves nothing behind of somebody whose records go', async () => {
    await using crowd = await crowdOf(onAfdb);
    await crowd.begin()('afdb');
    const { client } = crowd.catalog;
    const held = async (table: string) =>
      (await client.execute(`SELECT DISTINCT performer_id AS id FROM ${table} ORDER BY id`)).rows.map(
        ({ id }) => id,
      );
    const tables = ['look_ups', 'read_pages', 'page_names'];
    expect(await Promise.all(tables.map(held))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    await client.execute('DELETE FROM images');
    await client.execute('DELETE FROM performer_records WHERE performer_id = 1');
    expect(await Promise.all(tables.map(held))).toEqual([[2], [2], [2]]);
  });

  it('brings nothing to a performer who has gone since it was asked about', async () => {
    await using crowd = await crowdOf(onAfdb);
    const { catalog } = crowd;
    const other = await openCatalog(crowd.place.catalogPath, testDeps);
    const { client } = catalog;
    const execute = client.execute.bind(client);
    let isGone = false;
    client.execute = async (...args: Parameters<typeof execute>) => {
      if (!isGone && JSON.stringify(args[0]).includes('FROM changes')) {
        isGone = true;
        const [first] = await listLiveIds(catalog, 'stashdb', '', 1);
        await removeRecord(other.forOwner(), 'stashdb', first ?? '');
      }
      return execute(...args);
    };
    expect(await crowd.begin()('afdb')).toEqual({ outcome: 'done' });
    expect(await catalog.db.all(sql`SELECT DISTINCT performer_id AS id FROM look_ups`)).toEqual([{ id: 2 }]);
    expect(await facesOf(crowd, 1)).toEqual({});
    expect(crowd.reports.at(-1)?.performers_processed).toBe(2);
    other.close();
  });

  it('asks again for a page that has changed, and fetches only the pictures that are new', async () => {
    await using crowd = await crowdOf({ ...onAfdb, shape: { pictures: 2 } });
    const run = crowd.begin();
    await run('afdb');
    const site = crowd.sites.get('afdb');
    const [path = ''] = [...(site?.pages.keys() ?? [])];
    site?.pages.set(path, (site.pages.get(path) ?? '').replace('<h1>', '<p>news</p><h1>'));
    const before = site?.asked.length ?? 0;
    await run('afdb', { run: 2 });
    expect(site?.asked.slice(before).map(({ status }) => status)).toEqual([200, 304]);
  });

  it('asks again in a full run for a picture that could not be had, although its page is as it was', async () => {
    const afdb: Faults = { missing: /\/2\.jpg$/ };
    await using crowd = await crowdOf({ ...onAfdb, people: 1, faults: { afdb } });
    const run = crowd.begin();
    await run('afdb');
    const { afdb: before = 0 } = await facesOf(crowd, 1);
    delete afdb.missing;
    await run('afdb', { run: 2 });
    expect(await facesOf(crowd, 1)).toMatchObject({ afdb: before });
    await run('afdb', { run: 3, changes: { params: { ...params, full: true } } });
    expect((await facesOf(crowd, 1)).afdb).toBeGreaterThan(before);
  });

  it('remembers for thirty days who is not there', async () => {
    await using crowd = await crowdOf({
      people: 3,
      sites: ['boobpedia'],
      isOn: (number) => number === 3,
      shape: { pictures: 2 },
    });
    const run = crowd.begin();
    await run('boobpedia', { mode: 'name' });
    expect(crowd.reports.at(-1)?.rejections).toEqual({ not_found: 2 });
    const first = pagesOf(crowd, 'boobpedia').length;
    await run('boobpedia', { mode: 'name', run: 2 });
    // Whoever was found is asked about, whether the page is as it was.
    expect(pagesOf(crowd, 'boobpedia').length).toBe(first + 1);
    crowd.clock.advance(31 * DAY_MS);
    await run('boobpedia', { mode: 'name', run: 3 });
    expect(pagesOf(crowd, 'boobpedia').length).toBeGreaterThan(first + 3);
  });

  it.for([
    ['after a day', { full: false, days: 1 }],
    ['in a full run', { full: true, days: 0 }],
  ] as const)('asks again %s for a page that was none of a performer', async ([, { full, days }]) => {
    await using crowd = await crowdOf({ people: 1, sites: ['babepedia'] });
    const pages = crowd.sites.get('babepedia')?.pages ?? new Map<string, string>();
    const path = crowd.worlds.get('babepedia')?.get(1)?.page ?? '';
    const page = pages.get(path) ?? '';
    pages.set(path, '<html><head><title>502</title></head><body>Bad Gateway</body></html>');
    const run = crowd.begin();
    await run('babepedia');
    expect(crowd.reports.at(-1)?.rejections).toEqual({ unrecognised: 1 });
    pages.set(path, page);
    await run('babepedia', { run: 2 });
    expect((await facesOf(crowd, 1)).babepedia).toBeUndefined();
    crowd.clock.advance(days * DAY_MS);
    await run('babepedia', { run: 3, changes: { params: { ...params, full } } });
    expect((await facesOf(crowd, 1)).babepedia).toBeGreaterThan(0);
  });

  it('asks by url only about those of whom the site’s own address is known', async () => {
    await using crowd = await crowdOf({ people: 3, sites: ['afdb'], isLinked: (number) => number === 2 });
    await crowd.begin()('afdb');
    expect(crowd.reports.at(-1)).toMatchObject({ performers_processed: 1, performers_total: 1 });
    expect(pagesOf(crowd, 'afdb')).toHaveLength(1);
  });

  it('says which mode a site does not know', async () => {
    await using crowd = await crowdOf(onAfdb);
    expect(await crowd.begin()('afdb', { mode: 'name' })).toEqual({
      outcome: 'skipped',
      reason: 'Adult Film Database can only be asked by url, not by name',
    });
  });

  it('asks nobody about a performer who has the faces that are wanted, or none to compare with', async () => {
    await using crowd = await crowdOf({
      ...onAfdb,
      config: { sources: { afdb: { trust_level: 'medium' } } },
    });
    await crowd.catalog.client.execute('DELETE FROM images WHERE performer_id = 1');
    await crowd.begin()('afdb', { changes: { params: { ...params, max_faces_total: 1 } } });
    expect(crowd.sites.get('afdb')?.asked).toEqual([]);
    expect(crowd.reports.at(-1)).toMatchObject({
      rejections: { no_existing_faces: 1 },
      performers_unchanged: 1,
    });
  });

  it('takes no more faces than the limits of the source and of all sources leave room for', async () => {
    await using crowd = await crowdOf({
      people: 1,
      sites: ['afdb', 'boobpedia'],
      shape: { pictures: 6 },
      config: { sources: { boobpedia: { max_faces: 5 } } },
    });
    const changes = { params: { ...params, max_faces_total: 5, max_faces_per_source: 3 } };
    const run = crowd.begin();
    await run('afdb', { changes });
    await run('boobpedia', { changes });
    expect(await facesOf(crowd, 1)).toEqual({ stashdb: 1, afdb: 3, boobpedia: 1 });
  });

  it('takes of a source of low trust only the dominant cluster', async () => {
    await using crowd = await crowdOf({ ...onAfdb, config: { sources: { afdb: { trust_level: 'low' } } } });
    await crowd.begin()('afdb');
    expect(await facesOf(crowd, 1)).toEqual({ stashdb: 1, afdb: 3 });
    const [face] = await crowd.catalog.db.all(sql`SELECT faces.reason FROM faces
      JOIN images ON images.id = image_id WHERE source = 'afdb' LIMIT 1`);
    expect(face).toEqual({ reason: 'dominant_cluster' });
  });

  it('asks nothing about whom an exclusion names', async () => {
    await using crowd = await crowdOf(onAfdb);
    crowd.exclusions.push(
      anExclusion(1, { kind: 'name', value: { name: 'Bea Dolbarbar', birth_year: 1981 } }),
    );
    await crowd.begin()('afdb');
    expect(pagesOf(crowd, 'afdb')).toEqual(['https://www.adultfilmdatabase.com/actor/cleo-fenbarbar-10002/']);
    expect(crowd.reports.at(-1)?.rejections).toEqual({ excluded: 1 });
  });

  it('stops where a site says no, and leaves the others alone', async () => {
    await using crowd = await crowdOf({
      people: 2,
      sites: ['afdb', 'boobpedia'],
      faults: { boobpedia: { challenge: true } },
    });
    const run = crowd.begin();
    const [refused, fine] = await Promise.allSettled([run('boobpedia'), run('afdb')]);
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(SourceBlocked) });
    expect(fine).toMatchObject({ value: { outcome: 'done' } });
    expect(crowd.sites.get('boobpedia')?.asked.length).toBeLessThan(5);
  });

  it('pauses a site whose pages no longer fit, and names what stopped matching', async () => {
    await using crowd = await crowdOf({ people: 30, sites: ['boobpedia'], shape: { pictures: 2 } });
    const run = crowd.begin();
    await run('boobpedia');
    const pages = crowd.sites.get('boobpedia')?.pages ?? new Map();
    for (const [path, page] of pages) pages.set(path, page.replaceAll('/wiki/images/', '/media/'));
    expect(await run('boobpedia', { run: 2 })).toEqual({
      outcome: 'paused',
      reason: expect.stringMatching(
        /^boobpedia seems to have changed: 100 % of 2\d pages had no picture, before it was 0 %; "images\.(?:infobox|gallery)" of its definition finds nothing any more$/,
      ),
    });
    expect(crowd.reports.at(-1)?.performers_processed).toBeLessThan(30);
  });

  it('says while it happens that a site wants patience', async () => {
    await using crowd = await crowdOf({
      ...onAfdb,
      faults: { afdb: { throttle: { times: 1, retryAfter: '90' } } },
    });
    expect(await crowd.begin()('afdb')).toEqual({ outcome: 'done' });
    expect(crowd.lines.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/answered 429: it wants us to wait 90 s; going on in 90 s$/),
    );
  });

  it('finishes the performer in hand when it is stopped, and goes on behind it', async () => {
    await using crowd = await crowdOf({ people: 8, sites: ['afdb'] });
    const stop = new AbortController();
    const push = crowd.reports.push.bind(crowd.reports);
    crowd.reports.push = (...items) => {
      if (crowd.reports.length === 2) stop.abort(new Error('enough'));
      return push(...items);
    };
    expect(await crowd.begin()('afdb', { stop: stop.signal })).toEqual({ outcome: 'stopped' });
    expect(crowd.reports.at(-1)?.performers_processed).toBeLessThan(8);
    expect(await crowd.begin()('afdb')).toEqual({ outcome: 'done' });
    expect(crowd.reports.at(-1)).toMatchObject({ performers_processed: 8, performers_total: 8 });
    expect(await crowd.begin()('afdb')).toEqual({ outcome: 'done' });
    expect(new Set(pagesOf(crowd, 'afdb')).size).toBe(pagesOf(crowd, 'afdb').length);
  });
});
