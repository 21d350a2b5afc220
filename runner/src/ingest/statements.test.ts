import type { Client, InStatement } from '@libsql/client';
import { describe, expect, it } from 'vitest';
import { picture } from '../../testing/fake-face-engine.ts';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';

const COUNT = 20;
const names = Array.from({ length: COUNT }, (_, i) => `P${i}`);
const people = Object.fromEntries(names.map((name) => [name, [portrait(name, '1'), portrait(name, '2')]]));
const about = { urls: [{ url: 'https://twitter.com/x', site: 'Twitter' }] };

type Execute = (statement: InStatement) => ReturnType<Client['execute']>;

/** The statements that are read with in the meantime; what a batch writes is not counted. */
async function readsDuring({ catalog }: World, work: () => Promise<unknown>) {
  const { client } = catalog;
  const execute: Execute = client.execute;
  const texts: string[] = [];
  client.execute = (statement: InStatement) => {
    texts.push(typeof statement === 'string' ? statement : statement.sql);
    return execute.call(client, statement);
  };
  await work();
  client.execute = execute;
  return {
    perPerformer: texts.length / COUNT,
    /** Searches for records that share a key: the dear part of an identification. */
    searches: texts.filter((text) => text.includes('WITH holding')).length,
  };
}

describe('the statements that a performer takes', () => {
  it('identify one who is known once, at its commit, where its faces do not change', async () => {
    await using world = await worldOf(people, about);
    await world.run();
    for (const name of names) world.box.edit(uuidOf(`performer ${name} `), { eye_color: 'BLUE' });
    const { perPerformer, searches } = await readsDuring(world, () => world.run({ run_id: 2 }));
    expect(searches).toBe(COUNT);
    expect(perPerformer).toBeLessThan(13);
  });

  it('identify one who is known once, at its commit, where it has a new picture', async () => {
    await using world = await worldOf(people, about);
    await world.run();
    for (const name of names) {
      const image = uuidOf(`${name} new`);
      world.box.addImage({ id: image, width: 600, height: 900, content: picture(portrait(name, 'new')) });
      const images = [uuidOf(`${name} 0`), uuidOf(`${name} 1`), image];
      world.box.edit(uuidOf(`performer ${name} `), { images });
    }
    const { perPerformer, searches } = await readsDuring(world, () => world.run({ run_id: 2 }));
    expect(searches).toBe(COUNT);
    expect(perPerformer).toBeLessThan(15);
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(3 * COUNT);
  });

  it('are few for one who is new', async () => {
    await using world = await worldOf(people, about);
    const { perPerformer } = await readsDuring(world, () => world.run());
    expect(perPerformer).toBeLessThan(12.5);
  });
});
