import { describe, expect, it } from 'vitest';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { type Crowd, type CrowdOptions, crowdOf } from '../../testing/pipeline/enrich-world.ts';
import { gatherSideBySide } from '../../testing/pipeline/gather-side-by-side.ts';
import { commitPerformer } from '../commit/commit-performer.ts';

const onAfdb: CrowdOptions = { people: 2, sites: ['afdb'] };
const open = { changes: { ingest_open: true } };
const waiting = { outcome: 'waiting', reason: 'waits for more performers', againInS: 300 };

const asked = (crowd: Crowd) => crowd.sites.get('afdb')?.pagesAsked() ?? [];
const lookedUp = async ({ catalog }: Crowd) => {
  const { rows } = await catalog.client.execute('SELECT performer_id AS id FROM look_ups ORDER BY id');
  return rows.map(({ id }) => id);
};

/** Brings somebody whose page AFDB has, with the addresses of their record. */
async function ingest(crowd: Crowd, number: number, { isLinked = true } = {}): Promise<void> {
  const { people, worlds, catalog } = crowd;
  const person = people[number - 1];
  const url = worlds.get('afdb')?.get(number)?.storedUrl ?? '';
  await commitPerformer(catalog, {
    performer: sampleRecord({
      remoteId: uuid(person?.number ?? 0),
      name: person?.name ?? '',
      aliases: [],
      birthDate: String(person?.birthYear),
      careerStartYear: null,
      urls: isLinked ? [url] : [],
    }),
    images: [],
  });
}

/** The catalog has forgotten the second performer, who will be brought by an ingest. */
async function beforeSecond(): Promise<Crowd> {
  const crowd = await crowdOf(onAfdb);
  const { client } = crowd.catalog;
  await client.execute('DELETE FROM images WHERE performer_id = 2');
  await client.execute('DELETE FROM performer_records WHERE performer_id = 2');
  return crowd;
}

describe('an enrich task beside an ingest', () => {
  it('waits for more performers when it is through, and asks about those who have come', async () => {
    await using crowd = await beforeSecond();
    const run = crowd.begin();
    expect(await run('afdb', open)).toEqual(waiting);
    expect(await lookedUp(crowd)).toHaveLength(1);
    await ingest(crowd, 2);
    expect(await run('afdb', open)).toEqual(waiting);
    expect(await lookedUp(crowd)).toHaveLength(2);
    expect(await run('afdb', open)).toEqual(waiting);
    expect(await run('afdb')).toEqual({ outcome: 'done' });
    expect(asked(crowd)).toHaveLength(2);
    expect(crowd.reports.at(-1)).toMatchObject({ performers_processed: 2, performers_total: 2, errors: 0 });
  });

  it('asks at the end about those who have got an address since, and about nobody else again', async () => {
    await using crowd = await crowdOf({ ...onAfdb, isLinked: (number) => number === 2 });
    const run = crowd.begin();
    expect(await run('afdb', open)).toEqual(waiting);
    expect(await lookedUp(crowd)).toEqual([2]);
    await ingest(crowd, 1);
    expect(await run('afdb', open)).toEqual(waiting);
    expect(await lookedUp(crowd)).toEqual([2]);
    expect(await run('afdb')).toEqual({ outcome: 'done' });
    expect(await lookedUp(crowd)).toEqual([1, 2]);
    expect(asked(crowd)).toHaveLength(2);
  });

  it('asks at the end about those who have got a face to compare with, and counts them once', async () => {
    await using crowd = await crowdOf({
      ...onAfdb,
      config: { sources: { afdb: { trust_level: 'medium' } } },
    });
    const { client } = crowd.catalog;
    const run = crowd.begin();
    await client.execute("UPDATE labels SET pack = 'another' WHERE performer_id = 1");
    expect(await run('afdb', open)).toEqual(waiting);
    expect(await lookedUp(crowd)).toEqual([2]);
    await client.execute('UPDATE labels SET pack = (SELECT min(pack) FROM images)');
    expect(await run('afdb')).toEqual({ outcome: 'done' });
    expect(await lookedUp(crowd)).toEqual([1, 2]);
    expect(asked(crowd)).toHaveLength(2);
    expect(crowd.reports.at(-1)).toMatchObject({ performers_processed: 2, performers_total: 2 });
  });

  it('is done as before where the control plane says nothing of ingests', async () => {
    await using crowd = await crowdOf(onAfdb);
    expect(await crowd.begin()('afdb')).toEqual({ outcome: 'done' });
  });
});

it('comes to the same people and faces, however often the process is killed while both go on', async () => {
  const people = 12;
  const undisturbed = await gatherSideBySide(people, []);
  expect(undisturbed.performers).toHaveLength(people);
  expect(undisturbed.faces).toHaveLength(3 * people);
  expect(undisturbed.lookUps).toHaveLength(2 * people);
  const { requests, ...killed } = await gatherSideBySide(people, [11, 17, 23]);
  expect(killed).toEqual({
    performers: undisturbed.performers,
    faces: undisturbed.faces,
    lookUps: undisturbed.lookUps,
  });
  expect(requests).toBeGreaterThan(undisturbed.requests);
});
