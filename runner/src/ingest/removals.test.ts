import { describe, expect, it } from 'vitest';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine } from '../../testing/fake-face-engine.ts';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { faceCounts } from '../catalog/find-images.ts';
import { findRecord, listPerformersWithoutRecords } from '../catalog/find-record.ts';
import { packKey } from '../models/pack.ts';

const PACK = packKey(createFakeFaceEngine().pack);
const NAMES = ['P', 'Q', 'R', 'S', 'T'];
const idOf = (name: string) => uuidOf(`performer ${name} `);
const open = () => worldOf(Object.fromEntries(NAMES.map((name) => [name, [portrait(name.toLowerCase())]])));
const full = { params: { ...fakeLease('x').params, full: true } };

/** Faces by name, of those who are there. */
async function facesIn({ catalog }: World): Promise<Record<string, number>> {
  const held: Record<string, number> = {};
  for (const name of NAMES) {
    const record = await findRecord(catalog, 'stashdb', idOf(name));
    if (record && !record.deleted) held[name] = (await faceCounts(catalog, record.performerId, PACK)).total;
  }
  expect(await listPerformersWithoutRecords(catalog)).toEqual([]);
  return held;
}

function askedById({ box }: World): number {
  return box.requests.records.filter(({ body }) => body.includes('findPerformer(')).length;
}

const RUNS: [string, object][] = [
  ['a run for changes', {}],
  ['a full run', full],
];

describe.each(RUNS)('%s', (_, changes) => {
  it('drops who vanished without an edit', async () => {
    await using world = await open();
    await world.run();
    world.box.vanish(idOf('P'));
    world.box.destroy(idOf('Q'));
    world.box.forgetEdits(idOf('Q'));
    await world.run({ run_id: 2, ...changes });
    expect(await facesIn(world)).toEqual({ R: 1, S: 1, T: 1 });
    expect(await catalogStats(world.catalog)).toMatchObject({ performers: 3, performersWithFaces: 3 });
    const asked = askedById(world);
    expect(asked).toBeGreaterThan(0);
    await world.run({ run_id: 3, ...changes });
    expect(askedById(world)).toBe(asked);
  });

  it('follows merges of merges, however often it meets them', async () => {
    await using world = await open();
    await world.run();
    world.box.merge(idOf('P'), idOf('Q'));
    world.box.merge(idOf('Q'), idOf('R'));
    await world.run({ run_id: 2, ...changes });
    expect(await facesIn(world)).toEqual({ R: 3, S: 1, T: 1 });
    world.box.merge(idOf('R'), idOf('S'));
    world.box.merge(idOf('S'), idOf('T'));
    for (const run_id of [3, 4, 5]) await world.run({ run_id, ...changes });
    expect(await facesIn(world)).toEqual({ T: 5 });
    expect(await catalogStats(world.catalog)).toMatchObject({ performers: 1, packs: [{ faces: 5 }] });
  });

  it('follows merges of which no edit tells any more', async () => {
    await using world = await open();
    await world.run();
    world.box.merge(idOf('P'), idOf('Q'));
    world.box.merge(idOf('Q'), idOf('R'));
    for (const name of ['P', 'Q', 'R']) world.box.forgetEdits(idOf(name));
    await world.run({ run_id: 2, ...changes });
    expect(await facesIn(world)).toEqual({ R: 3, S: 1, T: 1 });
  });

  it('asks for nobody by id where nobody is missing', async () => {
    await using world = await open();
    await world.run();
    world.box.addPerformer({ name: 'New' });
    world.box.destroy(idOf('P'));
    world.box.merge(idOf('Q'), idOf('R'));
    await world.run({ run_id: 2, ...changes });
    expect(await facesIn(world)).toEqual({ R: 2, S: 1, T: 1 });
    expect(askedById(world)).toBe(0);
  });
});

it('notices who vanished while newcomers make up the number', async () => {
  await using world = await open();
  await world.run();
  world.box.vanish(idOf('P'));
  world.box.addPerformer({ name: 'New' });
  await world.run({ run_id: 2 });
  expect(Object.keys(await facesIn(world))).toEqual(['Q', 'R', 'S', 'T']);
});

it('keeps everybody of a stash-box that has lost its performers', async () => {
  await using world = await open();
  await world.run();
  for (const name of NAMES) world.box.vanish(idOf(name));
  for (const [i, changes] of [{}, full].entries()) await world.run({ run_id: 2 + i, ...changes });
  expect(Object.keys(await facesIn(world))).toEqual(NAMES);
  expect(world.lines.filter(({ message }) => message.includes('nobody counts as gone'))).toHaveLength(2);
});
