import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clusterVector, sampleFace, sampleImage, sampleRecord } from '../../testing/catalog/samples.ts';
import { runCommand } from '../../testing/cli/run-command.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { openRunnersCatalog } from './open-catalog.ts';

let dir: string;
const run = (args: string) => runCommand(`catalog retire-source ${args}`, { DATA_DIR: dir });

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'trainer-retire-'));
  const catalog = await openRunnersCatalog(readRunnerSettings({ DATA_DIR: dir }), () => {});
  const images = [sampleImage('https://a/1', [sampleFace(clusterVector(1, 1))])];
  await commitPerformer(catalog.forOwner(), { performer: sampleRecord(), images });
  catalog.close();
});
afterEach(() => rmSync(dir, { recursive: true }));

const stats = async () => (await runCommand('catalog stats', { DATA_DIR: dir })).out.split('\n')[0];

it('says what it means and changes nothing until it is told to', async () => {
  const asked = await run('stashdb --remove-faces');
  expect(asked.code).toBe(0);
  expect(asked.out).toBe(
    'StashDB is not read any more. Its 1 record, 1 picture and 1 face go for good, and 1 performer whom no other source knows; ' +
      'versions that are published already stay as they are.\n' +
      'It is still defined here. --undo lets it be used again; until then its tasks are skipped.\n' +
      'Nothing was changed. Say --yes to do it.\n',
  );
  expect(await stats()).toBe('1 performers, of them 1 with faces');
  expect((await run('stashdb --remove-faces --yes')).out).toMatch(/Done\.\n$/);
  expect(await stats()).toBe('0 performers, of them 0 with faces');
});

it('keeps everything with --keep-faces, and --undo takes it back', async () => {
  expect((await run('stashdb --keep-faces --yes')).out).toMatch(/stay in the catalog and in versions/);
  expect(await stats()).toBe('1 performers, of them 1 with faces');
  expect((await run('stashdb --undo')).out).toBe(
    'StashDB may be used again. The next run reads it from its beginning.\n',
  );
});

it.each([
  ['stashdb', /Say one of --keep-faces, --remove-faces and --undo/],
  ['stashdb --keep-faces --remove-faces', /Say one of/],
  ['mars --keep-faces', /There is no source "mars", neither defined here nor in the catalog/],
])('refuses "%s"', async (args, sentence) => {
  const { code, err } = await run(args);
  expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
});
