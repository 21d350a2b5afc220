import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedIds, shippedSources } from '@trainer/contract/shipped-sources';
import { afterEach, expect, it } from 'vitest';
import { loadDefinitions } from './load-definitions.ts';
import { shippedDefinitions } from './write-shipped.ts';

const built = (id: string) => fileURLToPath(new URL(`../definitions/${id}.yaml`, import.meta.url));
const folders: string[] = [];

function ownerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'definitions-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

it('what the control plane knows of the shipped sources is what their definitions say', () => {
  expect(shippedSources, 'run: node runner/src/sources/definition/write-shipped.ts').toEqual(
    shippedDefinitions(),
  );
});

it('there is a good definition of every shipped source, with rules for its pages where it is a site', () => {
  const loaded = loadDefinitions(null);
  expect([...loaded.keys()].sort()).toEqual([...shippedIds].sort());
  for (const { origin, mistake, defined } of loaded.values()) {
    expect({ origin, mistake }).toEqual({ origin: 'built-in', mistake: null });
    expect(defined?.page !== null).toBe(defined?.source.kind === 'reference-site');
  }
});

it('what a site needs and how it can be asked follows from the rules for its pages', () => {
  const { afdb, iafd, indexxx } = Object.fromEntries(
    [...loadDefinitions(null)].map(([id, { defined }]) => [id, defined?.source]),
  );
  expect(afdb).toMatchObject({ needs: null, modes: ['url'] });
  expect(iafd).toMatchObject({ needs: 'flaresolverr', modes: ['url', 'name'] });
  expect(indexxx).toMatchObject({ needs: 'chrome', modes: ['url', 'name'] });
});

it('an owner’s file takes the place of the built-in one, and is shown as such', () => {
  const folder = ownerFolder();
  cpSync(built('afdb'), join(folder, 'afdb.yaml'));
  expect(loadDefinitions(folder).get('afdb')).toMatchObject({
    origin: 'owner',
    shadows: true,
    file: join(folder, 'afdb.yaml'),
    mistake: null,
  });
});

it('an owner’s mistake stops that one source and says where it is', () => {
  const folder = ownerFolder();
  writeFileSync(join(folder, 'afdb.yaml'), 'id: afdb\nkind: reference-site\naddress: nowhere\n');
  writeFileSync(join(folder, 'newbox.yaml'), 'id: newbox\nkind: stash-box\ndomain: Example\n');
  const loaded = loadDefinitions(folder);
  expect(loaded.get('afdb')?.mistake).toMatch(
    /afdb\.yaml is not a valid definition:\n(?:.*\n)*? *line 3, address: expected an http or https address/,
  );
  expect(loaded.get('newbox')?.mistake).toMatch(/ *line 3, domain: expected a domain in lower case/);
  expect(loaded.get('boobpedia')?.mistake).toBeNull();
});

it.for([
  ['stashdb', { domain: 'example.org' }, /the domain of "stashdb" is stashdb\.org/],
  ['afdb', {}, /"afdb" is a reference-site that speaks page: give another source an id of its own/],
  ['box', { domain: 'stashdb.org' }, /the domain stashdb\.org names the performers of "stashdb" already/],
  ['box', { protocol: 'theporndb' }, /only stash-boxes and reference sites can be added/],
  ['box', { key_variable: 'RUNNER_TOKEN' }, /line 6, key_variable: is a setting of the runner itself/],
  ['box', { key_variable: 'a key' }, /line 6, key_variable: expected the name of an environment variable/],
  ['publish', {}, /line 1, id: is a name that means something else/],
] as const)('an owner’s stash-box "%s" with %o is refused', ([id, change, mistake]) => {
  const folder = ownerFolder();
  const box = { id, title: 'Box', kind: 'stash-box', address: 'https://example.org', domain: 'example.org' };
  const lines = Object.entries({ ...box, key_variable: 'EXAMPLE_API_KEY', ...change });
  writeFileSync(join(folder, `${id}.yaml`), lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
  expect(loadDefinitions(folder).get(id)).toMatchObject({
    defined: null,
    mistake: expect.stringMatching(mistake),
  });
});

it('what an owner’s stash-box leaves open is decided so that its first faces are taken', () => {
  const folder = ownerFolder();
  const text =
    'id: box\ntitle: Box\nkind: stash-box\naddress: https://example.org\ndomain: example.org\nkey_variable: KEY\n';
  writeFileSync(join(folder, 'box.yaml'), text);
  expect(loadDefinitions(folder).get('box')?.defined?.source).toMatchObject({
    protocol: 'stash-box',
    origin: 'owner',
    priority: 10,
    defaults: { enabled: false, trust_level: 'high', concurrency: 4, rate_limit: 30 },
  });
});

it('two files of an owner cannot name their performers alike', () => {
  const folder = ownerFolder();
  for (const id of ['one', 'two']) {
    const text = `id: ${id}\ntitle: Box\nkind: stash-box\naddress: https://${id}.example\ndomain: example.org\nkey_variable: KEY\n`;
    writeFileSync(join(folder, `${id}.yaml`), text);
  }
  const loaded = loadDefinitions(folder);
  expect(loaded.get('one')?.mistake).toBeNull();
  expect(loaded.get('two')?.mistake).toMatch(
    /two\.yaml: the domain example\.org names the performers of "one"/,
  );
});

it('a file must be called as what it defines', () => {
  const folder = ownerFolder();
  cpSync(built('afdb'), join(folder, 'other.yaml'));
  expect(loadDefinitions(folder).get('other')?.mistake).toMatch(/defines "afdb": call the file afdb\.yaml$/);
});

it('a folder that is not there is an empty one', () => {
  expect(loadDefinitions('/nowhere/at/all').size).toBe(shippedIds.length);
});
