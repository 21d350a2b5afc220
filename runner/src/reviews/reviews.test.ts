// Runs in the project served-catalog too.
import type { Decision, FoundReview, Review } from '@trainer/contract/reviews';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { NOON, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { json, problem } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { findRecord } from '../catalog/find-record.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { createApi } from '../control/api.ts';
import type { RunTask } from '../lease/task.ts';
import { createLogger, createRedactor, type LogEntry } from '../logs/logger.ts';
import { fitReview } from './report-reviews.ts';
import { withReviews } from './with-reviews.ts';

const KEY = `duplicate pmvstash:${uuid(2)} stashdb:${uuid(1)}`;

/** A catalog of two performers who share an address and not their birth dates. */
async function open() {
  const server = await startFakeControlPlane();
  const catalog = await freshCatalog();
  const link = { endpoint: 'pmvstash', remoteId: uuid(2), birthDate: '1960-01-02' };
  const urls = [`https://stashdb.org/performers/${uuid(1)}`];
  await commitPerformer(catalog, { performer: sampleRecord({ urls: [] }), images: [] });
  await commitPerformer(catalog, { performer: sampleRecord({ ...link, urls }), images: [] });
  const said: LogEntry[] = [];
  const log = createLogger({ sinks: [(entry) => said.push(entry)], redact: createRedactor([]) });
  const session = createApi({ baseUrl: server.url, token: server.token });
  let tasks = 0;
  const now = () => new Date(NOON.getTime() + 1_000 * tasks++);
  const deps = { catalog, session, now };
  async function run(kind: 'ingest' | 'publish', work: RunTask = async () => ({ outcome: 'done' })) {
    const lease = fakeLease(`1.${kind}`, { kind });
    const task = server.offer(lease);
    const signal = new AbortController().signal;
    const result = await withReviews(work, deps)({ lease, log, signal, stop: signal, report: () => {} });
    return { result, reports: task.reviewReports };
  }
  const performerOf = async (endpoint: string, number: number) =>
    (await findRecord(catalog, endpoint, uuid(number)))?.performerId;
  const areOne = async () => (await performerOf('stashdb', 1)) === (await performerOf('pmvstash', 2));
  return { server, said, run, areOne, [Symbol.asyncDispose]: server.close };
}

function decided(found: FoundReview | undefined, decision: Decision, over: Partial<Review> = {}): Review {
  if (!found) throw new Error('Nothing was reported');
  const made = { decision, actor: 'owner', at: '2026-03-01T00:00:00.000Z', applied_run_id: null };
  const base = {
    id: 7,
    status: 'decided',
    choices: [],
    catalog_id: 'c',
    run_id: 1,
    closed_at: null,
  } as const;
  const evidence = found.evidence.map((row) => ({ url: null, ...row }));
  return { ...found, ...base, choices: [], evidence, decision: made, ...over };
}

describe('reviews around a task', () => {
  it('are reported at its end, all of them and as such under the publish task', async () => {
    await using world = await open();
    const { reports } = await world.run('ingest');
    expect(reports).toMatchObject([
      { fence: 1, is_complete: false, reviews: [{ key: KEY, kind: 'conflict' }] },
    ]);
    const [found] = reports[0]?.reviews ?? [];
    expect(found?.performers.map(({ ids }) => ids)).toEqual([
      [`pmvstash.org:${uuid(2)}`],
      [`stashdb.org:${uuid(1)}`],
    ]);
    const complete = await world.run('publish');
    expect(complete.reports.map((each) => [each.reviews.length, each.is_complete])).toEqual([
      [1, false],
      [0, true],
    ]);
    expect(world.server.breaches).toEqual([]);
    expect(world.said).toEqual([]);
  });

  it('bring the catalog to what was decided before it begins, and back when that is undone', async () => {
    await using world = await open();
    const [found] = (await world.run('ingest')).reports[0]?.reviews ?? [];
    world.server.reviews.push(decided(found, 'same'));
    let wasOne = false;
    const { reports } = await world.run('ingest', async () => {
      wasOne = await world.areOne();
      return { outcome: 'done' };
    });
    expect(wasOne).toBe(true);
    expect(reports).toEqual([
      { fence: 1, reviews: [], applied: [{ id: 7, decision: 'same' }], forgotten: [], is_complete: false },
    ]);
    world.server.reviews.length = 0;
    await world.run('ingest');
    expect(await world.areOne()).toBe(false);
  });

  it('say nothing again of what was applied in an earlier run', async () => {
    await using world = await open();
    const [found] = (await world.run('ingest')).reports[0]?.reviews ?? [];
    const review = decided(found, 'same');
    const decision = review.decision && { ...review.decision, applied_run_id: 1 };
    world.server.reviews.push({ ...review, decision });
    expect((await world.run('ingest')).reports).toEqual([]);
    expect(await world.areOne()).toBe(true);
  });

  it('give back decisions about somebody whom the catalog does not know', async () => {
    await using world = await open();
    const [found] = (await world.run('ingest')).reports[0]?.reviews ?? [];
    world.server.reviews.push(decided(found, 'same', { key: `duplicate fansdb:x stashdb:y` }));
    const { reports } = await world.run('ingest');
    expect(reports[0]).toMatchObject({ applied: [], forgotten: [7] });
  });

  it('do not cost the task when the control plane does not want them', async () => {
    await using world = await open();
    world.server.override('GET /api/reviews', () => json({ not: 'a list' }));
    world.server.override('PUT /api/leases/{task}/reviews', () => problem('impossible_report', 'No.'));
    const { result } = await world.run('ingest');
    expect(result).toEqual({ outcome: 'done' });
    expect(world.said.map(({ message }) => message.split(':')[0])).toEqual([
      'Decisions on reviews could not be followed',
      'Reviews could not be reported',
    ]);
  });

  it('are not reported by a task that did not come to its end', async () => {
    await using world = await open();
    expect((await world.run('publish', async () => ({ outcome: 'stopped' }))).reports).toEqual([]);
  });
});

it('one odd address does not hold back a review', () => {
  const url = 'https://not an address';
  const performers = [{ name: 'Ada', ids: [], pages: [url, 'https://example.org/'] }];
  const evidence = [{ label: 'address', value: url, url }];
  const rest = {
    key: 'k',
    kind: 'conflict',
    summary: 's',
    distance: null,
    found_at: NOON.toISOString(),
  } as const;
  expect(fitReview({ ...rest, performers, evidence, decision: null })).toEqual({
    ...rest,
    performers: [{ name: 'Ada', ids: [], pages: ['https://example.org/'] }],
    evidence: [{ label: 'address', value: url, url: null }],
  });
});
