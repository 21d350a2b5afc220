import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceIds, sources } from '@trainer/shared/sources';
import { afterEach, expect, it } from 'vitest';
import { availability } from '../availability.ts';
import { loadDefinitions } from './load-definitions.ts';

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

it('there is a good definition of every reference site, with the site’s address', () => {
  const sites = sourceIds.filter((id) => sources[id].protocol === 'page');
  const loaded = loadDefinitions(null);
  expect([...loaded.keys()].sort()).toEqual([...sites].sort());
  for (const id of sites) {
    expect(loaded.get(id)).toMatchObject({
      origin: 'built-in',
      mistake: null,
      definition: { site: sources[id].url },
    });
  }
});

it('what the registry says of transports and modes is what the definitions say', () => {
  for (const { id, definition } of loadDefinitions(null).values()) {
    if (!definition) throw new Error(`${id} has no definition`);
    const entry = Object.entries(sources).find(([name]) => name === id)?.[1];
    const { use } = definition.transport;
    expect({ id, needs: use === 'direct' ? null : use }).toEqual({ id, needs: entry?.needs });
    const hasNames = definition.slug !== undefined || definition.search !== undefined;
    expect({ id, modes: hasNames ? ['url', 'name'] : ['url'] }).toEqual({ id, modes: entry?.modes });
  }
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

it('an owner’s mistake stops that one site and says where it is', () => {
  const folder = ownerFolder();
  writeFileSync(join(folder, 'afdb.yaml'), 'id: afdb\nsite: nowhere\n');
  const loaded = loadDefinitions(folder);
  const reason = availability(loaded.get('afdb'), () => undefined);
  expect(reason).toMatch(/afdb\.yaml is not a valid definition:\n(?:.*\n)*? *line 2, site: Invalid URL/);
  expect(availability(loaded.get('boobpedia'), () => undefined)).toBeNull();
});

it('a file must be called as what it defines', () => {
  const folder = ownerFolder();
  cpSync(built('afdb'), join(folder, 'other.yaml'));
  expect(loadDefinitions(folder).get('other')?.mistake).toMatch(/defines "afdb": call the file afdb\.yaml$/);
});

it('a folder that is not there is an empty one', () => {
  expect(loadDefinitions('/nowhere/at/all').size).toBe(10);
});
