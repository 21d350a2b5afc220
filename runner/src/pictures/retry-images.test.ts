import { describe, expect, it } from 'vitest';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine, picture } from '../../testing/fake-face-engine.ts';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { htmlPage } from '../../testing/stash-box/failures.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { faceCounts } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import { packKey } from '../models/pack.ts';
import { isDue, isWorthAsking } from './retry-images.ts';

const PACK = packKey(createFakeFaceEngine().pack);
const DAY_MS = 24 * 3_600_000;
const full = { ...fakeLease('x').params, full: true };

async function facesOf({ catalog }: World, name: string): Promise<number> {
  const record = await findRecord(catalog, 'stashdb', uuidOf(`performer ${name} `));
  return record ? (await faceCounts(catalog, record.performerId, PACK)).total : -1;
}

const askedFor = ({ box }: World, name: string, i: number) =>
  box.requests.count(`/images/${uuidOf(`${name} ${i}`)}`);

describe('a failed image', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * DAY_MS);
  const image = (reason: string, sinceDay: number, checkedDay: number) => ({
    reason,
    failingSince: at(sinceDay).toISOString(),
    checkedAt: at(checkedDay).toISOString(),
  });

  it.each([
    [0, 0.9, false],
    [0, 1, true],
    [1, 6.9, false],
    [1, 7, true],
    [7, 29, false],
    [7, 31, true],
    [31, 400, false],
    // Nobody looked for a long time: one visit stands for all that were missed.
    [0, 400, true],
  ])('that was checked on day %d is due on day %d: %s', (checked, today, expected) => {
    expect(isDue(image('image_missing', 0, checked), at(today))).toBe(expected);
    expect(isDue(image('image_unreachable', 0, checked), at(today))).toBe(expected);
    expect(isDue(image('not_an_image', 0, checked), at(today))).toBe(false);
  });

  it('is asked for by a run that has its performer before it, as its reason allows', () => {
    const worth = (reason: string, isFull: boolean, day = 0) =>
      isWorthAsking(image(reason, 0, 0), { isFull, now: at(day) });
    expect([worth('image_unreachable', false), worth('image_refused', false)]).toEqual([true, true]);
    expect([worth('image_missing', false), worth('image_missing', true)]).toEqual([false, true]);
    expect(worth('image_missing', false, 1)).toBe(true);
    expect([worth('too_many_pixels', false, 9), worth('too_many_pixels', true)]).toEqual([false, true]);
    expect([worth('damaged_image', false, 9), worth('damaged_image', true)]).toEqual([false, true]);
    expect([worth('not_an_image', true), worth('empty_file', true)]).toEqual([true, true]);
    expect(worth('no_face', true)).toBe(false);
  });
});

describe('an image that was missing', () => {
  const people = { Ada: [portrait('ada', '1')], Bo: [portrait('bo', '1', { fault: { kind: 'missing' } })] };

  it('is asked for again after 1, 7 and 30 days, although its performer has not changed', async () => {
    await using world = await worldOf(people);
    await world.run();
    const counts = [askedFor(world, 'Bo', 0)];
    for (const [run, days] of [0.5, 0.6, 2, 4, 20, 10, 300].entries()) {
      world.later(days * DAY_MS);
      await world.run({ run_id: run + 2 });
      counts.push(askedFor(world, 'Bo', 0));
    }
    // Days 0, 0.5, 1.1, 3.1, 7.1, 27.1, 37.1, 337.1.
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(world.reports.at(-1)).toMatchObject({ performers_processed: 0, errors: 0 });
  });

  it('gives its face when it is there again, and is asked for in every full run until then', async () => {
    await using world = await worldOf(people);
    await world.run();
    await world.run({ run_id: 2, params: full });
    expect(askedFor(world, 'Bo', 0)).toBe(2);
    world.box.mend(uuidOf('Bo 0'));
    await world.run({ run_id: 3 });
    expect(await facesOf(world, 'Bo')).toBe(0);
    world.later(DAY_MS);
    await world.run({ run_id: 4 });
    expect(await facesOf(world, 'Bo')).toBe(1);
  });

  it('is not asked for when its performer has gone meanwhile', async () => {
    await using world = await worldOf(people);
    await world.run();
    world.box.destroy(uuidOf('performer Bo '));
    world.later(DAY_MS);
    expect(await world.run({ run_id: 2 })).toEqual({ outcome: 'done' });
    expect(askedFor(world, 'Bo', 0)).toBe(1);
  });
});

it('an image that could not be reached is asked for again after a day without an edit', async () => {
  await using world = await worldOf({ Ada: [portrait('ada', '1')] });
  world.box.failNext(htmlPage(500), 4, 'images');
  await world.run();
  expect(await facesOf(world, 'Ada')).toBe(0);
  world.later(DAY_MS);
  await world.run({ run_id: 2 });
  expect(await facesOf(world, 'Ada')).toBe(1);
});

it('an image of too many pixels is taken in the smaller size, also one that was given up before', async () => {
  await using world = await worldOf({ Ada: [portrait('ada', '1', { width: 9_000, height: 9_000 })] });
  await world.run();
  expect(world.reports.at(-1)?.rejections).toEqual({ too_many_pixels: 1 });
  world.box.addImage({
    id: uuidOf('Ada 0'),
    width: 9_000,
    height: 9_000,
    content: picture(portrait('ada', '1', { width: 9_000, height: 9_000 })),
    sizes: { 1280: picture(portrait('ada', '1', { width: 1_280, height: 1_280 })) },
  });
  await world.run({ run_id: 2, params: full });
  expect(await facesOf(world, 'Ada')).toBe(1);
  expect(world.reports.at(-1)).toMatchObject({ faces_added: 1, rejections: {} });
});

it('an image in whose place something else came is asked for again by a full run', async () => {
  await using world = await worldOf({ Ada: [portrait('ada', '1')] });
  world.box.failNext(htmlPage(200, { ETag: '"of the page"' }), 1, 'images');
  await world.run();
  expect(world.reports.at(-1)?.rejections).toEqual({ not_an_image: 1 });
  await world.run({ run_id: 2, params: full });
  expect(await facesOf(world, 'Ada')).toBe(1);
});

it('an image for which there was no room is looked at when there is room again', async () => {
  await using world = await worldOf({ Ada: [portrait('ada', '1'), portrait('ada', '2')] });
  await world.run();
  await world.catalog.client.batch([
    `DELETE FROM faces WHERE image_id = (SELECT max(id) FROM images)`,
    `UPDATE images SET outcome = 'rejected', reason = 'limit_reached' WHERE id = (SELECT max(id) FROM images)`,
  ]);
  await world.run({ run_id: 2, params: full });
  expect(await facesOf(world, 'Ada')).toBe(2);
});

describe('pictures of a box whose store is out', () => {
  const people = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`P${i}`, [portrait(`p${i}`)]]));
  const lines = ({ lines: written }: World) => written.map(({ message }) => message).join('\n');

  it('are waited for, and none of them is marked', async () => {
    await using world = await worldOf({ ...people, Ada: [portrait('ada', '1')] });
    await world.run({ params: { ...full, enable_faces: false } });
    // One is served; then a wave of 404s that is longer than what is under way at once.
    world.box.failAfter(1, { status: 404, headers: {}, body: '' }, 11, 'images');
    const began = world.clock.now();
    await world.run({ run_id: 2, params: full });
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(13);
    expect(world.reports.at(-1)).toMatchObject({ rejections: {}, errors: 0 });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(15_000);
    expect(lines(world)).toMatch(/does not serve pictures that it served before; it is waited for/);
  });

  it('end the task when it stays out, are not marked, and come with the next run', async () => {
    await using world = await worldOf(people);
    world.box.failAfter(3, { status: 404, headers: {}, body: '' }, 10_000, 'images');
    await expect(world.run()).rejects.toThrow(
      /does not serve pictures that it served before, and that for 10 minutes/,
    );
    expect(world.reports.at(-1)?.rejections).toEqual({});
    world.box.heal();
    await world.run({ attempt: 2 });
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(12);
  });

  it('are known by a process that has not been served any, from the catalog', async () => {
    await using world = await worldOf(people);
    await world.run();
    for (const name of ['P1', 'P2', 'P3']) {
      const id = uuidOf(`new ${name}`);
      const content = picture(portrait(name.toLowerCase(), 'new'));
      world.box.addImage({ id, width: 600, height: 900, content });
      world.box.edit(uuidOf(`performer ${name} `), { images: [uuidOf(`${name} 0`), id] });
    }
    world.box.failAfter(0, { status: 404, headers: {}, body: '' }, 20, 'images');
    await world.run({ run_id: 2 });
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(15);
    expect(world.reports.at(-1)).toMatchObject({ rejections: {}, faces_added: 3 });
  });

  it('are told from one that is missing while the others are served', async () => {
    await using world = await worldOf({
      ...people,
      Ada: [portrait('ada', '1', { fault: { kind: 'missing' } }), portrait('ada', '2')],
    });
    await world.run({ params: full });
    expect(world.reports.at(-1)).toMatchObject({ rejections: { image_missing: 1 }, faces_added: 13 });
    expect(lines(world)).not.toMatch(/waited for/);
  });

  it('keep the face of a picture that cannot be had now', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1')], Bo: [portrait('bo', '1')] });
    await world.run();
    // As a source does that knows its pictures by something that changes with the performer.
    await world.catalog.client.execute(`UPDATE images SET etag = 'before'`);
    world.box.breakImage(uuidOf('Ada 0'), { kind: 'missing' });
    await world.run({ run_id: 2, params: full });
    expect([await facesOf(world, 'Ada'), await facesOf(world, 'Bo')]).toEqual([1, 1]);
    expect(lines(world)).toMatch(
      /An image keeps its face but could not be looked at: the image answered 404/,
    );
  });
});
