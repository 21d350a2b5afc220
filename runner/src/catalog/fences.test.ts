// Runs in the project served-catalog too.
import type { Lease } from '@trainer/contract/leases';
import { describe, expect, it } from 'vitest';
import { type FreshCatalog, freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { anExclusion, takenBack } from '../../testing/exclusions/an-exclusion.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { mergeRecords, removeRecord } from '../commit/remove-performer.ts';
import { openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import { loadPack } from '../models/load-pack.ts';
import { adoptDecisions } from '../reconcile/adopt-decisions.ts';
import { refreshIdentity } from '../reconcile/reconcile.ts';
import { CatalogFenced } from './fences.ts';
import { storePage } from './look-ups.ts';
import { forgetScan, readCursor, saveTaskState } from './task-state.ts';
import type { CatalogWriter } from './writer.ts';

const lease = (changes: Partial<Lease> = {}) => fakeLease('1.stashdb', changes);
const never = new AbortController().signal;
const page = {
  url: 'https://a/',
  etag: null,
  lastModified: null,
  status: 200,
  cameFrom: '',
  contentType: null,
};
const decision = {
  key: `duplicate fansdb:${uuid(2)} stashdb:${uuid(1)}`,
  decision: 'same',
  actor: '',
} as const;

/** Everything that a task may do to the catalog. */
const CHANGES: [what: string, change: (catalog: CatalogWriter, performer: number) => Promise<unknown>][] = [
  [
    'a performer',
    (catalog) => commitPerformer(catalog, { performer: sampleRecord({ name: 'B' }), images: [] }),
  ],
  [
    'images',
    (catalog, performer) => commitPerformer(catalog, { performer, images: [sampleImage('https://b/', [])] }),
  ],
  ['a removal', (catalog) => removeRecord(catalog, 'stashdb', uuid(1))],
  ['a merge', (catalog) => mergeRecords(catalog, 'stashdb', uuid(1), uuid(2))],
  ['a page', (catalog, performer) => storePage(catalog, performer, 'iafd', { ...page, content: null })],
  ['a cursor', (catalog) => saveTaskState(catalog, { cursor: { source: 'stashdb', value: 1 } })],
  ['a scan', (catalog) => forgetScan(catalog, 's')],
  ['decisions', (catalog) => adoptDecisions(catalog, [decision])],
  [
    'what an exclusion that was taken back left',
    (catalog) => openExclusionFilter(catalog, async () => [takenBack(byId(4))], never),
  ],
  ['somebody who must stay out', (catalog) => refuse(catalog, 1)],
  [
    'what is between ingest and version',
    (catalog) => refreshIdentity(catalog, { pack: PACK, matching: loadPack('starter').matching }),
  ],
];

const byId = (number: number) =>
  anExclusion(number, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid(number) } });

async function refuse(catalog: CatalogWriter, number: number): Promise<void> {
  const record = sampleRecord({ remoteId: uuid(number) });
  const exclusionFilter = await openExclusionFilter(catalog, async () => [byId(number)], never);
  const refusal = await exclusionFilter.refusalOf(record);
  if (refusal) await exclusionFilter.refuse(record, refusal);
}

/** Puts something into every table that a task writes to: somebody excluded, a conflict, and two of one name. */
async function fill(catalog: FreshCatalog): Promise<number> {
  const others = [
    sampleRecord({ endpoint: 'fansdb', remoteId: uuid(2), birthDate: '1950' }),
    sampleRecord({ endpoint: 'pmvstash', remoteId: uuid(3), birthDate: null, country: null, urls: [] }),
  ];
  for (const performer of others) await commitPerformer(catalog, { performer, images: [] });
  const images = [sampleImage('https://a/', [sampleFace(clusterVector(1, 1))])];
  const seen = { scan: 's', remoteId: uuid(1) };
  const performer = await commitPerformer(catalog, { performer: sampleRecord(), images, seen });
  await refuse(catalog, 4);
  return performer;
}

/** Every row of every table. */
async function contentOf({ client }: FreshCatalog): Promise<unknown> {
  const { rows: tables } = await client.execute(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
  );
  const content = [];
  for (const { name } of tables) content.push([name, (await client.execute(`SELECT * FROM ${name}`)).rows]);
  return content;
}

describe('a lease that was lost', () => {
  it.each(CHANGES)('cannot change %s, and says so', async (_, change) => {
    const catalog = await freshCatalog();
    const performer = await fill(catalog);
    const lost = await catalog.forTask(lease());
    await catalog.forTask(lease({ fence: 2 }));
    const before = await contentOf(catalog);
    await expect(change(lost, performer)).rejects.toThrow(CatalogFenced);
    expect(await contentOf(catalog)).toEqual(before);
    // The same is a change under the lease that somebody has now.
    await change(await catalog.forTask(lease({ fence: 2 })), performer);
    expect(await contentOf(catalog)).not.toEqual(before);
    catalog.close();
  });

  it('cannot begin, and the message says why', async () => {
    const catalog = await freshCatalog();
    await catalog.forTask(lease({ fence: 3 }));
    await expect(catalog.forTask(lease({ fence: 2 }))).rejects.toThrow(
      'the catalog takes nothing more of 1.stashdb under fencing number 2: another runner has the task, or its run went on without it',
    );
    catalog.close();
  });

  it('is lost as well when nobody else has the task, but its run has gone on', async () => {
    const catalog = await freshCatalog();
    const abandoned = await catalog.forTask(lease());
    await catalog.forTask(fakeLease('1.publish', { kind: 'publish', source: null }));
    await expect(saveTaskState(abandoned, { cursor: { source: 'stashdb', value: 1 } })).rejects.toThrow(
      CatalogFenced,
    );
    const late = [
      fakeLease('1.fansdb', { source: 'fansdb' }),
      fakeLease('1.iafd', { kind: 'enrich', source: 'iafd' }),
    ];
    for (const each of late) await expect(catalog.forTask(each)).rejects.toThrow(CatalogFenced);
    catalog.close();
  });

  it('is lost with its run, once the next one has begun', async () => {
    const catalog = await freshCatalog();
    const cancelled = await catalog.forTask(lease());
    const later = { run_id: 2, run_created_at: '2026-01-02T00:00:00.000Z' };
    const next = await catalog.forTask(fakeLease('2.fansdb', { ...later, source: 'fansdb' }));
    await expect(forgetScan(cancelled, 's')).rejects.toThrow(CatalogFenced);
    await forgetScan(next, 's');
    catalog.close();
  });
});

describe('a lease that is held', () => {
  it('is not in the way of other ingest and enrich tasks of its run', async () => {
    const catalog = await freshCatalog();
    const one = await catalog.forTask(lease({ fence: 5 }));
    const other = await catalog.forTask(fakeLease('1.fansdb', { source: 'fansdb' }));
    const enrich = await catalog.forTask(fakeLease('1.iafd', { kind: 'enrich', source: 'iafd' }));
    for (const each of [one, other, enrich, one]) await forgetScan(each, 's');
    catalog.close();
  });

  it('of a control plane that counts from 1 again is none of the former one’s', async () => {
    const catalog = await freshCatalog();
    await catalog.forTask(lease({ fence: 9 }));
    await catalog.forTask(fakeLease('1.publish', { kind: 'publish', source: null }));
    const anew = await catalog.forTask(lease({ run_created_at: '2027-01-01T00:00:00.000Z' }));
    await saveTaskState(anew, { cursor: { source: 'stashdb', value: 1 } });
    expect(await readCursor(catalog, 'stashdb')).toBe(1);
    catalog.close();
  });
});
