// Runs in the project served-catalog too.
import { configSchema } from '@trainer/contract/config';
import { describe, expect, it } from 'vitest';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine, picture } from '../../testing/fake-face-engine.ts';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { htmlPage } from '../../testing/stash-box/failures.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { faceCounts } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import { TaskStopped } from '../lease/stop-reasons.ts';
import { packKey } from '../models/pack.ts';

const PACK = packKey(createFakeFaceEngine().pack);

async function facesOf({ catalog }: World, name: string, endpoint = 'stashdb'): Promise<number> {
  const record = await findRecord(catalog, endpoint, uuidOf(`performer ${name} `));
  return record ? (await faceCounts(catalog, record.performerId, PACK)).total : -1;
}

function imageRequests({ box }: World): number {
  return box.requests.count('/images/');
}

function configOf(stashdb: object, faces: object = {}) {
  return configSchema.parse({ sources: { stashdb, fansdb: stashdb }, faces });
}

describe('a first ingest', () => {
  it('brings performers, faces and the reasons of what was rejected into the catalog', async () => {
    await using world = await worldOf({
      Ada: [
        portrait('ada', '1'),
        portrait('ada', '2'),
        { faces: [] },
        { faces: [{ person: 'ada' }, { person: 'bo' }] },
      ],
      Bo: [
        portrait('bo', '', { width: 200 }),
        portrait('bo', 'x', { faces: [{ person: 'bo', sizePx: 30 }] }),
      ],
      Cy: [],
    });
    expect(await world.run()).toEqual({ outcome: 'done' });
    expect([await facesOf(world, 'Ada'), await facesOf(world, 'Bo'), await facesOf(world, 'Cy')]).toEqual([
      2, 0, 0,
    ]);
    expect(world.reports.at(-1)).toMatchObject({
      performers_processed: 3,
      performers_total: 3,
      images: 6,
      faces_added: 2,
      rejections: { no_face: 1, multi_face: 1, image_too_small: 1, face_too_small: 1 },
      errors: 0,
      requests: world.box.requests.count(),
    });
  });

  it('does not ask for a picture that the box lists as too small', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '', { listedPx: 200 })] });
    await world.run();
    expect(imageRequests(world)).toBe(0);
    expect(world.reports.at(-1)?.rejections).toEqual({ image_too_small: 1 });
  });

  it('counts a bad picture with its reason and goes on', async () => {
    await using world = await worldOf({
      Ada: [
        portrait('ada', '1', { fault: { kind: 'missing' } }),
        portrait('ada', '2', { fault: { kind: 'truncated', atByte: 10 } }),
        new TextEncoder().encode('<html>not a picture</html>'),
        portrait('ada', '3', { fault: { kind: 'throttled', times: 1, retryAfterS: 30 } }),
        portrait('ada', '4', { fault: { kind: 'slow', delayMs: 20 } }),
      ],
      Bo: [portrait('bo')],
    });
    expect(await world.run()).toEqual({ outcome: 'done' });
    expect([await facesOf(world, 'Ada'), await facesOf(world, 'Bo')]).toEqual([2, 1]);
    expect(world.reports.at(-1)).toMatchObject({
      rejections: { image_missing: 1, image_unreachable: 1, not_an_image: 1 },
      errors: 3,
      performers_processed: 2,
    });
    expect(world.reports.at(-1)?.waited_ms).toBeGreaterThanOrEqual(29_000);
    expect(world.lines.map(({ message }) => message).join('\n')).toMatch(/the image answered 404/);
  });

  it('looks at no more pictures than the limits leave room for', async () => {
    const many = Array.from({ length: 9 }, (_, i) => portrait('ada', String(i)));
    await using world = await worldOf({ Ada: many });
    await world.run({ config: configOf({ max_faces: 4 }) });
    expect([await facesOf(world, 'Ada'), imageRequests(world)]).toEqual([4, 4]);
    await world.run({
      run_id: 2,
      config: configOf({ max_faces: 9 }),
      params: { ...fakeLease('x').params, max_faces_per_source: 9, max_faces_total: 7 },
    });
    expect([await facesOf(world, 'Ada'), imageRequests(world)]).toEqual([7, 7]);
  });

  it('takes no more than a total over all sources, whoever comes first', async () => {
    await using world = await worldOf({
      Ada: Array.from({ length: 4 }, (_, i) => portrait('ada', String(i))),
    });
    const id = uuidOf('performer Ada ');
    world.box.edit(id, {
      urls: [
        { url: `https://stashdb.org/performers/${id}`, site: 'StashDB' },
        { url: `https://fansdb.cc/performers/${id}`, site: 'FansDB' },
      ],
    });
    const params = { ...fakeLease('x').params, max_faces_total: 5, max_faces_per_source: 4 };
    await world.run({ params, config: configOf({ max_faces: 4 }) });
    await world.run({ source: 'fansdb', task_id: '1.fansdb', params, config: configOf({ max_faces: 4 }) });
    expect(await facesOf(world, 'Ada', 'fansdb')).toBe(4);
    expect(world.reports.at(-1)?.rejections).toEqual({ duplicate_image: 4 });
    expect(world.engine.analysed()).toBe(4);
  });

  it('takes one of two pictures with the same content', async () => {
    await using world = await worldOf({ Ada: [portrait('ada'), portrait('ada'), portrait('ada', 'other')] });
    await world.run();
    expect(await facesOf(world, 'Ada')).toBe(2);
    expect(world.reports.at(-1)?.rejections).toEqual({ duplicate_image: 1 });
  });

  it('leaves images alone without faces, and does not need a model pack', async () => {
    await using world = await worldOf({ Ada: [portrait('ada')] });
    await world.run({ params: { ...fakeLease('x').params, enable_faces: false } });
    expect([await facesOf(world, 'Ada'), imageRequests(world)]).toEqual([0, 0]);
    await world.run({ run_id: 2 });
    expect(await facesOf(world, 'Ada')).toBe(1);
  });

  it('holds the faces of a source of medium trust against those that are there', async () => {
    await using world = await worldOf({
      Ada: [portrait('ada', '1'), portrait('bo', '2'), portrait('ada', '3')],
    });
    await world.run({ config: configOf({ trust_level: 'medium' }) });
    expect(await facesOf(world, 'Ada')).toBe(0);
    expect(world.reports.at(-1)?.rejections).toEqual({ no_existing_faces: 3 });

    await using other = await worldOf({
      Ada: [portrait('ada', '1'), portrait('ada', '3'), portrait('bo', '2')],
    });
    await other.run({ config: configOf({ max_faces: 1 }) });
    await other.run({ run_id: 2, config: configOf({ max_faces: 5, trust_level: 'medium' }) });
    expect(await facesOf(other, 'Ada')).toBe(2);
    expect(other.reports.at(-1)?.rejections).toEqual({ no_match: 1 });
  });

  it('passes over whom the gender filter does not want', async () => {
    await using world = await worldOf({ Ada: [portrait('ada')], Bo: [portrait('bo')] });
    world.box.edit(uuidOf('performer Ada '), { gender: 'FEMALE' });
    await world.run({ config: configOf({ gender_filter: 'MALE' }) });
    expect([await facesOf(world, 'Ada'), await facesOf(world, 'Bo')]).toEqual([-1, 1]);
    expect(imageRequests(world)).toBe(1);
  });
});

describe('a second ingest', () => {
  const people = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `P${i}`,
      [portrait(`p${i}`, '1'), portrait(`p${i}`, '2'), { faces: [] }],
    ]),
  );

  it('asks for no image and infers nothing, changes or full', async () => {
    await using world = await worldOf(people);
    await world.run();
    const [asked, analysed] = [imageRequests(world), world.engine.analysed()];
    await world.run({ run_id: 2 });
    await world.run({ run_id: 3, params: { ...fakeLease('x').params, full: true } });
    expect([imageRequests(world), world.engine.analysed()]).toEqual([asked, analysed]);
    expect(world.reports.at(-1)).toMatchObject({
      performers_processed: 12,
      performers_unchanged: 12,
      faces_added: 0,
    });
  });

  it('takes what was edited, and drops who is gone', async () => {
    await using world = await worldOf(people);
    await world.run();
    const id = (name: string) => uuidOf(`performer ${name} `);
    world.box.addImage({
      id: uuidOf('new'),
      width: 600,
      height: 900,
      content: picture(portrait('p1', 'new')),
    });
    world.box.edit(id('P1'), {
      images: [uuidOf('P1 0'), uuidOf('P1 1'), uuidOf('new')],
      aliases: ['One'],
    });
    world.box.destroy(id('P2'));
    world.box.merge(id('P3'), id('P4'));
    const asked = imageRequests(world);
    await world.run({ run_id: 2 });
    expect(imageRequests(world) - asked).toBe(1);
    expect(await facesOf(world, 'P1')).toBe(3);
    expect(await facesOf(world, 'P2')).toBe(0);
    expect((await findRecord(world.catalog, 'stashdb', id('P2')))?.deleted).toBe(true);
    const [from, into] = [
      await findRecord(world.catalog, 'stashdb', id('P3')),
      await findRecord(world.catalog, 'stashdb', id('P4')),
    ];
    expect(from).toMatchObject({ deleted: true, mergedInto: id('P4'), performerId: into?.performerId });
    expect(await facesOf(world, 'P4')).toBe(4);
  });

  it('judges rejected pictures again when the configuration asks less of them', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1', { width: 200 }), portrait('ada', '2')] });
    await world.run();
    expect(await facesOf(world, 'Ada')).toBe(1);
    await world.run({ run_id: 2, config: configOf({}, { min_image_px: 150 }) });
    expect(await facesOf(world, 'Ada')).toBe(2);
    expect(imageRequests(world)).toBe(2);
  });
});

describe('an ingest that is cut short', () => {
  const people = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`P${i}`, [portrait(`p${i}`)]]));

  it('goes on after a crash with the same catalog: nobody is lost, doubled or counted twice', async () => {
    await using world = await worldOf(people);
    const crash = new AbortController();
    const reports = world.reports;
    const push = reports.push.bind(reports);
    reports.push = (...items) => {
      if (items[0]?.performers_processed === 13) crash.abort(new Error('killed'));
      return push(...items);
    };
    await expect(world.run({}, { signal: crash.signal })).rejects.toThrow('killed');
    // Those that were prepared already may still be committed.
    expect(reports.at(-1)?.performers_processed).toBeLessThan(20);
    expect(await world.run({ attempt: 2 })).toEqual({ outcome: 'done' });
    expect(reports.at(-1)).toMatchObject({
      performers_processed: 30,
      performers_total: 30,
      faces_added: 30,
      images: 30,
    });
    const stats = await catalogStats(world.catalog);
    expect([stats.performers, stats.packs[0]?.faces]).toEqual([30, 30]);
  });

  it('finishes the performer in hand when it is stopped, and says so', async () => {
    await using world = await worldOf(people);
    const stop = new AbortController();
    world.engine.gate.close();
    const running = world.run({}, { stop: stop.signal });
    while (imageRequests(world) < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new TaskStopped('cancelled'));
    world.engine.gate.open();
    expect(await running).toEqual({ outcome: 'stopped' });
    const processed = world.reports.at(-1)?.performers_processed ?? 0;
    expect(processed).toBeGreaterThanOrEqual(1);
    expect(processed).toBeLessThan(30);
    expect(await world.run({ run_id: 2 })).toEqual({ outcome: 'done' });
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(30);
  });

  it('throws at once when there is no time left', async () => {
    await using world = await worldOf(people);
    const now = new AbortController();
    world.engine.gate.close();
    const running = world.run({}, { stop: now.signal, signal: now.signal });
    while (imageRequests(world) < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    now.abort(new TaskStopped('shutting_down'));
    await expect(running).rejects.toBeInstanceOf(TaskStopped);
  });

  it('is stopped while the models are still on their way', async () => {
    await using world = await worldOf(people);
    const stop = AbortSignal.abort(new TaskStopped('cancelled'));
    await expect(world.run({}, { stop })).rejects.toBe(stop.reason);
    expect(world.box.requests.count()).toBe(0);
  });

  it('fails with the box’s reason, and keeps what it has', async () => {
    await using world = await worldOf(people);
    world.box.failNext(htmlPage(401), 2, 'graphql');
    await expect(world.run()).rejects.toThrow(/does not know the key in STASHDB_API_KEY/);
    expect(await world.run({ attempt: 2 })).toEqual({ outcome: 'done' });
    expect((await catalogStats(world.catalog)).performers).toBe(30);
  });

  it('survives a lost analysing thread, and fails when the engine is gone', async () => {
    await using world = await worldOf({ Ada: [portrait('ada')], Bo: [portrait('bo')] });
    world.engine.failNext('image_lost');
    await world.run();
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(2);
    world.engine.failNext('engine_failed');
    world.box.addImage({
      id: uuidOf('new'),
      width: 600,
      height: 900,
      content: picture(portrait('ada', 'new')),
    });
    world.box.edit(uuidOf('performer Ada '), { images: [uuidOf('new')] });
    await expect(world.run({ run_id: 2 })).rejects.toThrow('told to fail with engine_failed');
  });
});

it('keeps the engine fed with several performers at once, and no more images in memory than it may', async () => {
  const people = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`P${i}`, [portrait(`p${i}`)]]));
  await using world = await worldOf(people);
  world.engine.gate.close();
  const running = world.run();
  const bound = world.engine.maxInFlight + 4;
  while (world.engine.mostAtOnce() < bound) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setImmediate(resolve));
  expect(imageRequests(world)).toBe(bound);
  world.engine.gate.open();
  await running;
  expect(world.engine.mostAtOnce()).toBe(bound);
});
