import { configOfSource, configSchema } from '@trainer/contract/config';
import type { SourceId } from '@trainer/contract/sources';
import { expect, it } from 'vitest';
import { type Crowd, crowdOf } from '../../testing/pipeline/enrich-world.ts';
import { jsonAnswer } from '../../testing/stash-box/failures.ts';
import { resourceOf } from '../../testing/theporndb/resource.ts';
import { startThePornDb } from '../../testing/theporndb/start-theporndb.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { readKnownSources } from '../sources/definition/known-sources.ts';
import { createSourceRegistry } from '../sources/registry.ts';
import { checkSource } from './check-source.ts';

const config = configSchema.parse({});
const { user_agent: userAgent } = config;

function check(crowd: Crowd, id: SourceId) {
  const signal = new AbortController().signal;
  const { catalog } = crowd;
  return checkSource(id, {
    catalog,
    registry: crowd.registry(),
    config: configOfSource(config, id),
    userAgent,
    signal,
  });
}

it.for(['afdb', 'babepedia', 'elitebabes', 'indexxx'] as const)('finds %s as it should be', async (site) => {
  await using crowd = await crowdOf({ people: 2, sites: [site] });
  const { outcome, checks, page } = await check(crowd, site);
  expect({ outcome, lost: checks.filter(({ ok }) => !ok) }).toEqual({ outcome: 'ok', lost: [] });
  expect(checks.length).toBeGreaterThan(1);
  expect(page).toMatch(/^https:/);
});

it('tries whoever was found there last, and names the selector that was lost', async () => {
  await using crowd = await crowdOf({ people: 6, sites: ['boobpedia'], isOn: (number) => number > 4 });
  await crowd.begin()('boobpedia');
  const pages = crowd.sites.get('boobpedia')?.pages ?? new Map();
  for (const [path, page] of pages) pages.set(path, page.replaceAll('/wiki/images/', '/media/'));
  expect(await check(crowd, 'boobpedia')).toMatchObject({
    outcome: 'changed',
    reason: 'the page has no picture that the rules take',
    checks: expect.arrayContaining([expect.objectContaining({ found: 0, ok: false })]),
  });
});

it('says why there is nothing to say', async () => {
  await using crowd = await crowdOf({ people: 1, sites: ['afdb'], isLinked: () => false });
  expect(await check(crowd, 'afdb')).toMatchObject({
    outcome: 'unchecked',
    reason: 'no performer in the catalog has an address there',
  });
  expect(await check(crowd, 'stashdb')).toMatchObject({
    outcome: 'unavailable',
    reason: 'STASHDB_API_KEY is not set',
  });
});

it('says that a listing of exactly 10,000 is probably cut off', async () => {
  await using server = await startThePornDb();
  const settings: Record<string, string> = { THEPORNDB_API_KEY: server.token, THEPORNDB_URL: server.url };
  const registry = createSourceRegistry({
    known: readKnownSources(null),
    settings: (name) => settings[name],
    clock: virtualClock(),
    random: () => 0,
  });
  const meta = { total: 10_000, last_page: 100 };
  server.failNext(jsonAnswer(200, { data: [resourceOf({ name: 'Ada' })], meta }));
  const { signal } = new AbortController();
  const checked = { catalog: null, registry, config: configOfSource(config, 'theporndb'), userAgent, signal };
  expect(await checkSource('theporndb', checked)).toMatchObject({
    outcome: 'ok',
    reason: expect.stringMatching(/exactly 10,000 performers: its listing is probably cut off there/),
  });
});
