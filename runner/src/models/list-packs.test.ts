import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensurePack } from './ensure-pack.ts';
import { defaultModelsDir, listPacks } from './list-packs.ts';

let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'models-'));
  await ensurePack('starter', defaultModelsDir());
});
afterAll(() => rm(empty, { recursive: true, force: true }));

it('says of every pack what it is and whether its files are there', async () => {
  const here = await listPacks(defaultModelsDir());
  expect(here.find((pack) => pack.id === 'starter')).toMatchObject({
    present: true,
    embedders: ['starter'],
    totalBytes: 7_265_769,
  });
  const nowhere = await listPacks(empty);
  expect(nowhere.map((pack) => [pack.id, pack.present])).toEqual([
    ['buffalo_l', false],
    ['starter', false],
    ['stash-sense', false],
  ]);
  expect(nowhere.every((pack) => pack.licence.length > 20)).toBe(true);
});
