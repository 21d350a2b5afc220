import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerSchema } from '@trainer/contract/leases';
import { shippedIds, shippedSource } from '@trainer/contract/shipped-sources';
import { expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { folderOf } from '../../testing/folder-of.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { announceSources } from './announce-sources.ts';
import { readKnownSources } from './definition/known-sources.ts';
import { createSourceRegistry } from './registry.ts';
import { sourceWarnings } from './source-warnings.ts';

const BOX =
  'id: my-box\ntitle: My Box\nkind: stash-box\naddress: https://example.org\ndomain: example.org\nkey_variable: MY_BOX_KEY\n';

function registryOf(files: Record<string, string>, env: Record<string, string> = {}) {
  const known = readKnownSources(folderOf(files));
  const settings = readRunnerSettings(env).withSources(known.owners());
  const registry = createSourceRegistry({
    settings: settings.ofSource,
    clock: virtualClock(),
    random: () => 0,
    known,
  });
  return { known, settings, registry };
}

it('tells what the sources are, without secrets and without the rules for pages', async () => {
  const catalog = await freshCatalog();
  const { registry } = registryOf({ 'my-box.yaml': BOX }, { MY_BOX_KEY: 'a-secret' });
  const announced = await announceSources(registry, catalog.sources);
  expect(announced.definitions?.map(({ id }) => id).sort()).toEqual([...shippedIds, 'my-box'].sort());
  expect(announced.definitions).toContainEqual(shippedSource('afdb'));
  expect(announced.sources).toContainEqual({ id: 'my-box', available: true, reason: null });
  expect(JSON.stringify(announced)).not.toContain('a-secret');
});

it('is fit to be sent whatever the owner’s files are called and say', async () => {
  const catalog = await freshCatalog();
  const { registry } = registryOf({ 'My Box.yaml': BOX, 'two.yaml': 'id: two\n', 'publish.yaml': '' });
  const announced = await announceSources(registry, catalog.sources);
  const shape = runnerSchema.pick({ sources: true, definitions: true });
  expect(shape.safeParse(announced).error).toBeUndefined();
  const { reason } = announced.sources.find(({ id }) => id === 'two') ?? {};
  expect(reason).toMatch(/two\.yaml is not a valid definition/);
});

it('says that a source is retired, whether or not it is still defined', async () => {
  const catalog = await freshCatalog();
  const book = catalog.sources;
  const { registry, known } = registryOf({ 'my-box.yaml': BOX }, { MY_BOX_KEY: 'a-secret' });
  const box = known.find('my-box');
  const afdb = known.find('afdb');
  if (!box || !afdb) throw new Error('both are defined');
  await book.retire(box, new Date('2026-03-01'));
  const retired = {
    available: false,
    reason: expect.stringMatching(/^was retired on 2026-03-01; .*--undo/),
  };
  expect((await announceSources(registry, book)).sources).toContainEqual({ id: 'my-box', ...retired });
  const without = registryOf({}).registry;
  expect((await announceSources(without, book)).sources).toContainEqual({ id: 'my-box', ...retired });
});

it('counts the keys of owners’ sources among the secrets', () => {
  const { settings } = registryOf({ 'my-box.yaml': BOX }, { MY_BOX_KEY: 'a-secret' });
  expect(settings.secrets).toContain('a-secret');
  expect(settings.ofSource('MY_BOX_KEY')).toBe('a-secret');
});

it('reads the key of an owner’s source from a file too', () => {
  const folder = folderOf({});
  writeFileSync(join(folder, 'key'), 'a-secret\n');
  const { settings } = registryOf({ 'my-box.yaml': BOX }, { MY_BOX_KEY_FILE: join(folder, 'key') });
  expect(settings.ofSource('MY_BOX_KEY')).toBe('a-secret');
});

it('warns of a stash-box behind another one’s name, and of files that are wrong', async () => {
  const { known, settings, registry } = registryOf(
    { 'two.yaml': 'id: two\n' },
    {
      PMVSTASH_URL: 'https://box.example/graphql',
      PMVSTASH_API_KEY: 'k',
      STASHDB_URL: 'https://www.stashdb.org/graphql',
    },
  );
  const warnings = sourceWarnings(known, settings.ofSource);
  expect(warnings).toEqual([
    expect.stringMatching(/^The source "two" waits until its file is mended: .*two\.yaml/),
    expect.stringMatching(
      /^PMVSTASH_URL points at box\.example, and performers from there are named pmvstash\.org:<id>/,
    ),
  ]);
  const found = (await registry.availability()).find(({ id }) => id === 'pmvstash');
  expect(found).toMatchObject({ available: true, note: expect.stringContaining('box.example') });
});
