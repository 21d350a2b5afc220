import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configOfSource, configSchema } from '@trainer/contract/config';
import { shippedIds } from '@trainer/contract/shipped-sources';
import { expect, it } from 'vitest';
import { folderOf } from '../../testing/folder-of.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { readKnownSources } from './definition/known-sources.ts';
import { createSourceRegistry } from './registry.ts';

function registryOf(variables: Record<string, string>) {
  return createSourceRegistry({
    settings: readRunnerSettings(variables).ofSource,
    clock: virtualClock(),
    random: () => 0,
    known: readKnownSources(null),
  });
}

async function reasons(variables: Record<string, string>): Promise<Record<string, string | null>> {
  const found = await registryOf(variables).availability();
  return Object.fromEntries(found.map(({ id, reason }) => [id, reason]));
}

it('says for every source whether it can be used here, and why not', async () => {
  const found = await reasons({ STASHDB_API_KEY: 'k', FOLDER_DIR: '/no/such/folder' });
  expect(Object.keys(found)).toEqual(shippedIds);
  expect(found).toMatchObject({
    stashdb: null,
    fansdb: 'FANSDB_API_KEY is not set',
    folder: 'FOLDER_DIR (/no/such/folder) is not there: is it mounted?',
    theporndb: 'THEPORNDB_API_KEY is not set',
    stash: 'STASH_URL is not set',
    boobpedia: null,
    iafd: 'FLARESOLVERR_URL is not set, and the site is only read through FlareSolverr',
    indexxx: 'CHROME_CDP_URL is not set, and the site is only read through Chrome',
  });
});

it('takes a folder with somebody in it, says what it holds, and what is wrong with another', async () => {
  const root = folderOf({ 'people/ada/1.jpg': '', 'flat/1.jpg': '' });
  const found = await registryOf({ FOLDER_DIR: join(root, 'people') }).availability();
  expect(found.find(({ id }) => id === 'folder')).toEqual({
    id: 'folder',
    available: true,
    reason: null,
    note: '1 performer, 1 photo',
  });
  expect((await reasons({ FOLDER_DIR: join(root, 'flat') })).folder).toMatch(
    /holds no folders, and the 1 photo in it belong/,
  );
  expect((await reasons({})).folder).toBe('FOLDER_DIR is not set');
});

it('says before anything begins that a configured FlareSolverr is not there', async () => {
  const { iafd } = await reasons({ FLARESOLVERR_URL: 'http://127.0.0.1:1' });
  expect(iafd).toMatch(/^FLARESOLVERR_URL is set, but no FlareSolverr answers there: /);
});

it('keeps apart who creates performers and who only adds to known ones', () => {
  const config = configSchema.parse({});
  const { user_agent: userAgent } = config;
  const registry = registryOf({ STASHDB_API_KEY: 'k' });
  expect(() => registry.open('afdb', configOfSource(config, 'afdb'), userAgent)).toThrow(
    'Adult Film Database creates no performers',
  );
  expect(() =>
    registry.openEnrich('stashdb', { config: configOfSource(config, 'stashdb'), userAgent }),
  ).toThrow('StashDB is no reference site');
});

it('reads a site by the owner’s definition, and says what is wrong with it', async () => {
  const definitionsDir = mkdtempSync(join(tmpdir(), 'trainer-definitions-'));
  writeFileSync(join(definitionsDir, 'afdb.yaml'), 'id: afdb\n');
  const registry = createSourceRegistry({
    settings: () => undefined,
    clock: virtualClock(),
    random: () => 0,
    known: readKnownSources(definitionsDir),
  });
  const afdb = (await registry.availability()).find(({ id }) => id === 'afdb');
  expect(afdb?.reason).toContain(join(definitionsDir, 'afdb.yaml'));
  expect(registry.known.loaded.get('afdb')).toMatchObject({ origin: 'owner', shadows: true });
  rmSync(definitionsDir, { recursive: true });
});

it('does not open what is not available', () => {
  const config = configSchema.parse({});
  const { user_agent } = config;
  expect(() => registryOf({}).open('stashdb', configOfSource(config, 'stashdb'), user_agent)).toThrow(
    'STASHDB_API_KEY is not set',
  );
});
