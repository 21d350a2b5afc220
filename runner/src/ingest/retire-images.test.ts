// Runs in the project served-catalog too.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '@trainer/contract/config';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine, picture } from '../../testing/fake-face-engine.ts';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { startStash } from '../../testing/stash/start-stash.ts';
import { graphqlErrors } from '../../testing/stash-box/failures.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { listAcceptedFaces } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import { packKey } from '../models/pack.ts';

const PACK = packKey(createFakeFaceEngine().pack);
const ADA = uuidOf('performer Ada ');
const full = { ...fakeLease('x').params, full: true };

async function labelsOf({ catalog }: World, endpoint = 'stashdb', remoteId = ADA): Promise<number[]> {
  const record = await findRecord(catalog, endpoint, remoteId);
  if (!record) return [];
  return (await listAcceptedFaces(catalog, record.performerId, PACK)).map(({ label }) => label);
}

async function allLabels({ catalog }: World): Promise<number[][]> {
  const { rows } = await catalog.client.execute(
    'SELECT label, face_id IS NULL AS retired FROM labels ORDER BY label',
  );
  return rows.map(({ label, retired }) => [Number(label), Number(retired)]);
}

/** The pictures that the box lists for a performer of the world, by their numbers. */
const pictures = (numbers: number[], name = 'Ada') => numbers.map((i) => uuidOf(`${name} ${i}`));

const three = { Ada: [portrait('ada', '1'), portrait('wrong', '2'), portrait('ada', '3')] };

describe('an image that its source no longer lists', () => {
  it('leaves with its face in an incremental run, its label stays retired, and the run counts it', async () => {
    await using world = await worldOf(three);
    await world.run();
    expect(await labelsOf(world)).toEqual([0, 1, 2]);
    world.box.edit(ADA, { images: pictures([0, 2]) });
    await world.run({ run_id: 2 });
    expect(await labelsOf(world)).toEqual([0, 2]);
    expect(await allLabels(world)).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
    expect(world.reports.at(-1)).toMatchObject({ images_retired: 1, faces_added: 0, errors: 0 });
  });

  it('leaves in a full run although the performer has not changed since', async () => {
    await using world = await worldOf(three);
    await world.run();
    await world.catalog.client.execute(
      `INSERT INTO images (performer_id, source, url, pack, etag, outcome, reason, checked_at, record_id)
       SELECT performer_id, source, url || '-before', pack, etag, 'rejected', 'no_face', checked_at, record_id
       FROM images LIMIT 1`,
    );
    await world.run({ run_id: 2, params: full });
    expect(world.reports.at(-1)).toMatchObject({ images_retired: 1, performers_unchanged: 0 });
    await world.run({ run_id: 3, params: full });
    expect(world.reports.at(-1)?.images_retired).toBeUndefined();
    expect(world.reports.at(-1)?.performers_unchanged).toBe(1);
  });

  it('leaves in a run that looks at no faces, too', async () => {
    await using world = await worldOf(three);
    await world.run();
    world.box.edit(ADA, { images: pictures([0]) });
    await world.run({ run_id: 2, params: { ...full, enable_faces: false } });
    expect(await labelsOf(world)).toEqual([0]);
  });

  it('makes room for the next one in the same turn, within both limits', async () => {
    await using world = await worldOf({
      Ada: [portrait('ada', '1'), portrait('ada', '2'), portrait('ada', '3'), portrait('ada', '4')],
    });
    const config = configSchema.parse({ sources: { stashdb: { max_faces: 2 } } });
    await world.run({ config });
    expect(world.box.requests.count('/images/')).toBe(2);
    world.box.edit(ADA, { images: pictures([1, 2, 3]) });
    await world.run({ run_id: 2, config });
    expect(await labelsOf(world)).toEqual([0, 1]);
    expect(world.box.requests.count('/images/')).toBe(3);
    expect(world.reports.at(-1)).toMatchObject({ images_retired: 1, faces_added: 1 });
  });

  it('takes all faces of a performer whose last image it was', async () => {
    await using world = await worldOf(three);
    await world.run();
    world.box.edit(ADA, { images: [] });
    await world.run({ run_id: 2 });
    expect(await labelsOf(world)).toEqual([]);
    expect(world.reports.at(-1)?.images_retired).toBe(3);
  });

  it('keeps face and label where the same picture is listed under another address', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1'), portrait('ada', '1')] });
    await world.run();
    expect(world.reports.at(-1)?.rejections).toEqual({ duplicate_image: 1 });
    world.box.edit(ADA, { images: pictures([1]) });
    await world.run({ run_id: 2 });
    expect(await labelsOf(world)).toEqual([0]);
    expect((await catalogStats(world.catalog)).packs[0]).toMatchObject({ images: 1, faces: 1 });
    world.box.edit(ADA, { images: [] });
    await world.run({ run_id: 3 });
    expect(await labelsOf(world)).toEqual([]);
  });

  it('keeps face and label where another source lists the same picture', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1'), portrait('ada', '2')] });
    world.box.edit(ADA, {
      urls: [
        { url: `https://stashdb.org/performers/${ADA}`, site: 'StashDB' },
        { url: `https://fansdb.cc/performers/${ADA}`, site: 'FansDB' },
      ],
    });
    await world.run();
    await world.run({ source: 'fansdb', task_id: '1.fansdb' });
    world.box.edit(ADA, { images: pictures([0]) });
    await world.run({ run_id: 2 });
    expect(await labelsOf(world)).toEqual([0, 1]);
    await world.run({ run_id: 2, source: 'fansdb', task_id: '2.fansdb' });
    expect(await labelsOf(world)).toEqual([0]);
    expect(world.engine.analysed()).toBe(2);
  });

  it('gives its label and what is known of its content to the same picture at a new address', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1'), portrait('ada', '2')] });
    await world.run();
    for (const i of [0, 1]) {
      const content = picture(portrait('ada', String(i + 1)));
      world.box.addImage({ id: uuidOf(`moved ${i}`), width: 600, height: 900 - i, content });
    }
    world.box.edit(ADA, { images: [uuidOf('moved 0'), uuidOf('moved 1')] });
    const config = configSchema.parse({ sources: { stashdb: { max_faces: 2 } } });
    await world.run({ run_id: 2, config });
    expect(await labelsOf(world)).toEqual([0, 1]);
    expect(world.engine.analysed()).toBe(2);
    expect(world.reports.at(-1)?.images_retired).toBe(2);
  });

  it('leaves also when it came from a record that was merged into this one', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1')], Bo: [portrait('ada', '2')] });
    await world.run();
    const both = [...pictures([0]), ...pictures([0], 'Bo')];
    world.box.merge(uuidOf('performer Bo '), ADA, { images: both });
    await world.run({ run_id: 2 });
    expect(await labelsOf(world)).toHaveLength(2);
    world.box.edit(ADA, { images: pictures([0]) });
    await world.run({ run_id: 3 });
    expect(await labelsOf(world)).toHaveLength(1);
  });
});

describe('the same in other sources', () => {
  it('a photo that was taken out of its folder leaves with its face', async () => {
    const root = freshFolder();
    mkdirSync(join(root, 'ada'));
    for (const note of ['1', '2']) {
      writeFileSync(join(root, 'ada', `${note}.jpg`), picture(portrait('ada', note)));
    }
    await using world = await worldOf({}, {}, { FOLDER_DIR: root });
    const task = { source: 'folder', task_id: '1.folder' } as const;
    await world.run(task);
    expect(await labelsOf(world, 'folder', 'ada')).toEqual([0, 1]);
    rmSync(join(root, 'ada', '1.jpg'));
    await world.run({ ...task, run_id: 2 });
    expect(await labelsOf(world, 'folder', 'ada')).toEqual([1]);
    expect(world.reports.at(-1)?.images_retired).toBe(1);
  });

  it('a picture that the owner took off in their Stash leaves, although there was no room for another one', async () => {
    const row = {
      id: '1',
      name: 'Ada',
      stash_ids: [{ endpoint: 'https://stashdb.org/graphql', stash_id: ADA }],
    };
    const shown = { ...row, updatedAtS: 1_700_000_000, picture: picture(portrait('ada', 'own')) };
    await using stash = await startStash({ performers: [shown] });
    const settings = { STASH_URL: stash.url, STASH_API_KEY: stash.apiKey };
    await using world = await worldOf({ Ada: [portrait('ada', '1')] }, {}, settings);
    await world.run();
    const task = {
      kind: 'enrich',
      source: 'stash',
      task_id: '1.stash',
      params: { ...fakeLease('x').params, max_faces_total: 2 },
    } as const;
    await world.run(task);
    expect(await labelsOf(world)).toEqual([0, 1]);
    stash.library[0] = { ...shown, picture: null };
    await world.run({ ...task, run_id: 2 });
    expect(await labelsOf(world)).toEqual([0]);
    expect(world.reports.at(-1)?.images_retired).toBe(1);
  });
});

describe('an answer that may be a part of the listing', () => {
  it('retires nothing where the box gives no list of images', async () => {
    await using world = await worldOf(three);
    await world.run();
    world.box.edit(ADA, { aliases: ['A.'] });
    world.box.lack(['Performer.images']);
    await world.run({ run_id: 2 });
    await world.run({ run_id: 3, params: full });
    expect(await labelsOf(world)).toEqual([0, 1, 2]);
    expect(world.reports.at(-1)?.images_retired).toBeUndefined();
  });

  it('retires nothing where the answer is an error', async () => {
    await using world = await worldOf(three);
    await world.run();
    world.box.edit(ADA, { images: [] });
    world.box.failNext(graphqlErrors('Internal system error'), 1_000, 'graphql');
    await expect(world.run({ run_id: 2 })).rejects.toThrow(/Internal system error/);
    expect(await labelsOf(world)).toEqual([0, 1, 2]);
  });
});
