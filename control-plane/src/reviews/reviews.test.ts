import { limits } from '@trainer/contract/limits';
import type { Decision, FoundReview, ReviewReport } from '@trainer/contract/reviews';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { seedTask } from '../../testing/seed-task.ts';
import { logLines } from '../db/schema/logs.ts';
import { tasks } from '../db/schema/runs.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const aReview = (key: string, over: Partial<FoundReview> = {}): FoundReview => ({
  key,
  kind: 'duplicate',
  summary: `${key}: Ada Example and A. Example may be one performer`,
  performers: [{ name: 'Ada Example', ids: ['stashdb.org:1'], pages: ['https://example.org/ada'] }],
  evidence: [{ label: 'address', value: 'both give it', url: 'https://example.org/ada' }],
  distance: 0.31,
  found_at: '2026-01-01T00:00:00.000Z',
  ...over,
});

type Held = { taskId: string; fence: number };
const report = ({ taskId, fence }: Held, body: Partial<ReviewReport>) =>
  app.as('runner')('PUT /api/leases/{task}/reviews', {
    params: { task: taskId },
    body: { fence, reviews: [], ...body },
  });
const list = (query: object = {}) => app.as('read')('GET /api/reviews', { query });
const keys = async (query: object = {}) => (await list(query)).map(({ key }) => key);
const decide = (id: number, decision: Decision) =>
  app.as('admin')('PUT /api/reviews/{id}/decision', { params: { id }, body: { decision } });
const undo = (id: number) => app.as('admin')('DELETE /api/reviews/{id}/decision', { params: { id } });
/** A publish task of a run of its own, leased. */
const publish = (fence = 1) => seedTask(app.deps, { kind: 'publish', fence });

describe('a report of reviews', () => {
  it('shows what was found, newest first, with what can be decided', async () => {
    const held = await seedTask(app.deps, { source: 'stashdb' });
    await report(held, { reviews: [aReview('a'), aReview('b', { kind: 'doubtful_face' })] });
    const [face, duplicate] = await list();
    expect(duplicate).toEqual({
      ...aReview('a'),
      id: 1,
      status: 'open',
      choices: ['same', 'different'],
      catalog_id: '',
      run_id: held.runId,
      closed_at: null,
      decision: null,
    });
    expect(face).toMatchObject({ key: 'b', choices: ['same', 'drop'] });
    expect(await keys({ kind: 'doubtful_face' })).toEqual(['b']);
    expect(await keys({ limit: 1 })).toEqual(['b']);
    expect(await keys({ before: 2 })).toEqual(['a']);
  });

  it('loses a review with a wrong figure, names it in the log, and keeps the others', async () => {
    const held = await seedTask(app.deps, { source: 'stashdb' });
    await report(held, { reviews: [aReview('open before')] });
    const wrong = { ...aReview('open before'), distance: -2.4e-7 };
    await app.as('runner')('PUT /api/leases/{task}/reviews', {
      params: { task: held.taskId },
      body: { fence: held.fence, reviews: [aReview('a'), wrong, 17, aReview('b')] },
    });
    expect((await keys()).sort()).toEqual(['a', 'b', 'open before']);
    const [line] = await app.deps.db.select().from(logLines);
    expect(line).toMatchObject({ level: 2, runId: held.runId, taskId: held.taskId });
    expect(line?.message).toMatch(
      /^2 of the reported reviews cannot be taken: open before \(distance: .*\), without a key \(.*\)\. The others are stored\.$/,
    );
  });

  it('does not close what a wrong figure hides', async () => {
    const before = await seedTask(app.deps, { source: 'stashdb' });
    await report(before, { reviews: [aReview('a'), aReview('b')] });
    const held = await publish();
    await report(held, { reviews: [{ ...aReview('a'), distance: 7 }], is_complete: true });
    expect(await keys()).toEqual(['a']);
  });

  it('said again updates what is there, and keeps its place and its decision', async () => {
    await report(await seedTask(app.deps, { source: 'stashdb' }), { reviews: [aReview('a'), aReview('b')] });
    await decide(1, 'different');
    const later = await publish();
    await report(later, { reviews: [aReview('a', { distance: 0.2 }), aReview('b', { distance: 0.3 })] });
    expect(await list()).toMatchObject([{ id: 2, key: 'b', distance: 0.3, run_id: later.runId }]);
    expect(await list({ status: 'decided' })).toMatchObject([{ id: 1, distance: 0.2, status: 'decided' }]);
  });

  it('that is complete closes what it does not hold, once all batches of the task are in', async () => {
    await report(await seedTask(app.deps, { source: 'stashdb' }), {
      reviews: [aReview('a'), aReview('b'), aReview('c'), aReview('d')],
    });
    await decide(4, 'same');
    const held = await publish();
    await report(held, { reviews: [aReview('a')] });
    expect(await keys()).toEqual(['c', 'b', 'a']);
    await report(held, { reviews: [aReview('b')], is_complete: true });
    await report(held, { reviews: [aReview('b')], is_complete: true });
    expect(await keys()).toEqual(['b', 'a']);
    expect(await list({ status: 'closed' })).toMatchObject([
      { key: 'c', closed_at: new Date(app.clock.now()).toISOString() },
    ]);
    expect(await keys({ status: 'decided' })).toEqual(['d']);
  });

  it('opens a closed one again, and forgets those that nobody missed', async () => {
    await report(await publish(), { reviews: [aReview('a'), aReview('b')], is_complete: true });
    await report(await publish(), { is_complete: true });
    await report(await publish(), { reviews: [aReview('a')], is_complete: true });
    expect(await list()).toMatchObject([{ id: 1, key: 'a', closed_at: null }]);
    app.clock.advance(limits.closedReviewsKeptMs + 1);
    await report(await publish(), { reviews: [aReview('a')], is_complete: true });
    expect(await keys({ status: 'closed' })).toEqual([]);
    expect(await keys()).toEqual(['a']);
  });

  it('keeps catalogs apart', async () => {
    const here = await publish();
    const there = await publish();
    await app.deps.db.update(tasks).set({ catalogId: 'here' });
    await report(here, { reviews: [aReview('a')] });
    await app.deps.db.update(tasks).set({ catalogId: 'there' });
    await report(there, { reviews: [aReview('a')], is_complete: true });
    expect(await keys()).toEqual(['a', 'a']);
    expect(await list({ catalog: 'here' })).toMatchObject([{ id: 1, catalog_id: 'here' }]);
  });

  it('changes nothing under an old fencing number', async () => {
    const first = await publish(3);
    await report(first, { reviews: [aReview('a')] });
    await decide(1, 'same');
    const stale = { ...first, fence: 2 };
    const applied = [{ id: 1, decision: 'same' as const }];
    await expect(
      report(stale, { reviews: [aReview('b')], applied, is_complete: true }),
    ).rejects.toMatchObject({
      code: 'lease_lost',
      message: expect.stringContaining('is not leased under fencing number 2'),
    });
    app.clock.advance(60 * 60 * 1_000);
    await expect(report(first, { reviews: [aReview('b')] })).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await keys()).toEqual([]);
    expect(await list({ status: 'decided' })).toMatchObject([{ decision: { applied_run_id: null } }]);
    await expect(report({ taskId: '99.publish', fence: 1 }, {})).rejects.toMatchObject({ status: 404 });
  });

  it('is not believed to be complete while other tasks may find more', async () => {
    const held = await seedTask(app.deps, { source: 'stashdb' });
    await expect(report(held, { is_complete: true })).rejects.toMatchObject({
      code: 'impossible_report',
      message: expect.stringContaining('it is an ingest task, and other tasks of the run may find more'),
    });
  });

  it('takes any name, but only addresses that can be linked to', async () => {
    const held = await publish();
    const odd = aReview('a', { summary: `a\0b\ud800${'x'.repeat(400)}` });
    await report(held, { reviews: [odd] });
    const [stored] = await list();
    expect(stored?.summary).toMatch(/^a\uFFFDb\uFFFDx+…$/);
    expect(stored?.summary).toHaveLength(300);
    const performers = [{ name: 'x', ids: [], pages: ['javascript:alert(1)'] }];
    await report(held, { reviews: [aReview('b', { performers })] });
    expect(await keys()).toEqual(['a']);
    const [line] = await app.deps.db.select().from(logLines);
    expect(line?.message).toContain('b (performers.0.pages.0: expected an http or https address)');
  });
});

describe('a decision', () => {
  beforeEach(async () => {
    const reviews = [
      aReview('a'),
      aReview('f', { kind: 'doubtful_face' }),
      aReview('c', { kind: 'conflict' }),
    ];
    await report(await publish(), { reviews });
  });

  it('is remembered with who and when, and told to the log without a name', async () => {
    const decided = await decide(1, 'same');
    expect(decided).toMatchObject({
      status: 'decided',
      decision: { decision: 'same', actor: 'test admin', at: new Date(app.clock.now()).toISOString() },
    });
    expect(await list({ status: 'decided' })).toEqual([decided]);
    expect((await app.recorded()).map(({ message }) => message)).toEqual([
      'Review 1 (duplicate): same, says test admin',
    ]);
  });

  it.each([
    [1, 'drop', 'expected same or different: review 1 is about two performers that may be one'],
    [2, 'different', 'expected same or drop: review 2 is about a face that may not be its performer’s'],
  ] as const)('on review %i cannot be "%s", and says why', async (id, decision, message) => {
    await expect(decide(id, decision)).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'decision', message }],
    });
    expect(await keys({ status: 'decided' })).toEqual([]);
  });

  it('names the run that applied it, unless it was changed meanwhile', async () => {
    await decide(1, 'same');
    await decide(2, 'drop');
    const held = await publish();
    await decide(2, 'same');
    const applied = [
      { id: 1, decision: 'same' as const },
      { id: 2, decision: 'drop' as const },
    ];
    await report(held, { applied });
    const [face, duplicate] = await list({ status: 'decided' });
    expect(duplicate?.decision?.applied_run_id).toBe(held.runId);
    expect(face?.decision?.applied_run_id).toBeNull();
    await report(await publish(), { applied });
    app.clock.advance(5_000);
    expect((await decide(1, 'same')).decision).toEqual(duplicate?.decision);
    expect((await decide(1, 'different')).decision).toMatchObject({ applied_run_id: null });
  });

  it('is forgotten with its review when the catalog knows nobody like that any more', async () => {
    await decide(1, 'same');
    await report(await publish(), { forgotten: [1, 2] });
    expect(await keys({ status: 'decided' })).toEqual([]);
    expect(await keys()).toEqual(['c', 'f']);
  });

  it('can be undone, twice without harm, and is open again', async () => {
    await decide(1, 'same');
    await undo(1);
    expect(await undo(1)).toMatchObject({ status: 'open', decision: null });
    expect((await app.recorded()).at(-1)?.message).toBe('The decision on review 1 was undone by test admin');
    expect(await app.recorded()).toHaveLength(2);
  });

  it('is refused on what is closed, and on what is not there', async () => {
    await report(await publish(), { is_complete: true });
    await expect(decide(1, 'same')).rejects.toMatchObject({
      status: 409,
      code: 'review_closed',
      message: 'Review 1 is closed: the last run no longer found it, so there is nothing to decide.',
    });
    await expect(decide(77, 'same')).rejects.toMatchObject({ message: 'There is no review 77.' });
    await expect(undo(77)).rejects.toMatchObject({ status: 404 });
  });
});
