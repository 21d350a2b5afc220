import { describe, expect, it } from 'vitest';
import { anExclusion, takenBack } from '../../testing/exclusions/an-exclusion.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine, picture } from '../../testing/fake-face-engine.ts';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { faceCounts } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import { packKey } from '../models/pack.ts';
import { addExcludedFace } from './add-face.ts';

const PACK = packKey(createFakeFaceEngine().pack);
const idOf = (name: string) => uuidOf(`performer ${name} `);
const byId = (id: number, name: string) =>
  anExclusion(id, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: idOf(name) } });

async function facesOf({ catalog }: World, name: string): Promise<number | null> {
  const record = await findRecord(catalog, 'stashdb', idOf(name));
  return record ? (await faceCounts(catalog, record.performerId, PACK)).total : null;
}

const imageRequests = ({ box }: World) => box.requests.count('/images/');
const fullRun = { ...fakeLease('x').params, full: true };

async function excludeFace({ catalog, engine, exclusions }: World, person: string): Promise<void> {
  const photo = picture({ faces: [{ person }], note: 'a photo that somebody sent' });
  const { fingerprint } = await addExcludedFace(photo, { catalog, engines: [engine] });
  exclusions.push(anExclusion(9, { kind: 'face', value: { fingerprint } }));
}

describe('an ingest', () => {
  it('fetches nothing of who is excluded, commits nothing, and counts it', async () => {
    await using world = await worldOf({ Ada: [portrait('ada')], Bo: [portrait('bo')] });
    world.exclusions.push(byId(1, 'Ada'));
    expect(await world.run()).toEqual({ outcome: 'done' });
    expect([await facesOf(world, 'Ada'), await facesOf(world, 'Bo'), imageRequests(world)]).toEqual([
      null,
      1,
      1,
    ]);
    expect(world.reports.at(-1)).toMatchObject({
      performers_processed: 2,
      faces_added: 1,
      rejections: { excluded: 1 },
    });
    expect(JSON.stringify(world.lines)).not.toMatch(/Ada/);
  });

  it('removes who is in the catalog already, and lets them in again once that is taken back', async () => {
    await using world = await worldOf({ Ada: [portrait('ada')], Bo: [portrait('bo')] });
    await world.run();
    world.exclusions.push(byId(1, 'Ada'));
    world.box.edit(idOf('Ada'), { name: 'Ada B' });
    await world.run({ run_id: 2 });
    expect(await facesOf(world, 'Ada')).toBeNull();
    expect(imageRequests(world)).toBe(2);

    world.exclusions.splice(0, 1, takenBack(byId(1, 'Ada')));
    await world.run({ run_id: 3 });
    await world.run({ run_id: 4, params: fullRun });
    expect(await facesOf(world, 'Ada')).toBe(1);
  });

  it('rejects the faces of who is excluded by face, and keeps nothing of them but where they were', async () => {
    await using world = await worldOf({
      Ada: [portrait('ada', '1'), portrait('ada', '2'), portrait('bo', '3'), portrait('ada', '4')],
    });
    await excludeFace(world, 'bo');
    await world.run();
    expect(await facesOf(world, 'Ada')).toBe(3);
    expect(world.reports.at(-1)?.rejections).toEqual({ excluded: 1 });
    const { rows } = await world.catalog.client.execute(
      `SELECT sha256, width, (SELECT count(*) FROM faces WHERE image_id = images.id) AS faces
        FROM images WHERE reason = 'excluded'`,
    );
    expect(rows).toEqual([{ sha256: null, width: null, faces: 0 }]);
    const before = imageRequests(world);
    await world.run({ run_id: 2, params: fullRun });
    expect(imageRequests(world)).toBe(before);
  });

  it('takes a performer whose faces are mostly an excluded person’s for that person', async () => {
    await using world = await worldOf({
      Bo: [portrait('bo', '1'), portrait('bo', '2'), portrait('cy', '3')],
      Cy: [portrait('cy', '4')],
    });
    await excludeFace(world, 'bo');
    await world.run();
    expect([await facesOf(world, 'Bo'), await facesOf(world, 'Cy')]).toEqual([null, 1]);
    const before = imageRequests(world);
    await world.run({ run_id: 2, params: fullRun });
    expect(imageRequests(world)).toBe(before);
  });

  it('drops who was too young, and says why', async () => {
    await using world = await worldOf({ Ada: [portrait('ada')], Bo: [portrait('bo')] });
    await world.run();
    world.box.edit(idOf('Ada'), { birth_date: '2000', career_start_year: 2015 });
    world.box.edit(idOf('Bo'), { birth_date: `${new Date().getUTCFullYear() - 10}-01-01` });
    await world.run({ run_id: 2 });
    expect([await facesOf(world, 'Ada'), await facesOf(world, 'Bo')]).toEqual([null, null]);
    expect(world.reports.at(-1)?.rejections).toEqual({ under_age_at_start: 1, under_age: 1 });
    world.box.edit(idOf('Ada'), { birth_date: '1990' });
    await world.run({ run_id: 3 });
    expect(await facesOf(world, 'Ada')).toBe(1);
  });

  it('stores no alias that is labelled as a legal or birth name', async () => {
    await using world = await worldOf({ Ada: [] });
    world.box.edit(idOf('Ada'), { aliases: ['Ada X', 'Jane Roe (birth name)', 'Jane Roe'] });
    await world.run();
    const { rows } = await world.catalog.client.execute('SELECT alias FROM aliases');
    expect(rows).toEqual([{ alias: 'Ada X' }]);
  });

  it('is not done for a source that only adds to known performers', async () => {
    await using world = await worldOf({ Ada: [] });
    await expect(world.run({ source: 'iafd' })).rejects.toThrow(/IAFD only adds to performers/);
  });
});
