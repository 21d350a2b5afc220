import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { aRunner, ask, finish, progressOf, take, waitForWork } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { runners } from '../db/schema/runs.ts';

let app: TestApp;
let runner: Call;
beforeEach(async () => {
  app = await createTestApp();
  runner = app.as('runner');
});
afterEach(() => app.close());

const start = (...sources: ('stashdb' | 'folder' | 'fansdb')[]) =>
  app.as('trigger')('POST /api/build/start', { body: { sources } });
const wait = (waitMs?: number, signal?: AbortSignal, over = {}) =>
  waitForWork(runner, { waitMs, signal, over });
/** Until a poll waits: it has looked, found nothing and gone to sleep. */
const asleep = () => expect.poll(app.sleepers, { interval: 1 }).toBeGreaterThan(0);

describe('waiting for work', () => {
  it('answers when the work appears, and waits for no tick of the clock', async () => {
    const polled = wait();
    await asleep();
    await start('stashdb');
    expect((await polled).lease?.source).toBe('stashdb');
  });

  it('ends without a lease when the time is over', async () => {
    const polled = wait(10_000);
    await asleep();
    app.clock.advance(10_000);
    expect(await polled).toEqual({ lease: null, question: null });
  });

  it('gets a task whose lease expires during the wait, without a notification', async () => {
    await start('stashdb');
    await take(runner, { runner_id: 'silent' });
    const polled = wait();
    await asleep();
    app.clock.advance(limits.firstHeartbeatMs);
    expect((await polled).lease).toMatchObject({ task_id: '1.stashdb', fence: 2 });
  });

  it('gets the next stage as soon as another runner ends the one before', async () => {
    await start('stashdb');
    const lease = await take(runner);
    const polled = wait(limits.longPollMaxMs, undefined, { runner_id: 'runner-2' });
    await asleep();
    await finish(runner, lease);
    expect((await polled).lease?.task_id).toBe('1.publish');
  });

  it('ends after some looks where looks are counted, though the time is not over', async () => {
    const counted = await createTestApp({ timings: { checksPerPoll: 3 } });
    onTestFinished(counted.close);
    const call = counted.as('runner');
    const owner = counted.as('trigger');
    let isOver = false;
    const body = { ...aRunner({ free_slots: 0 }), wait_ms: limits.longPollMaxMs };
    const polled = call('POST /api/leases', { body }).finally(() => {
      isOver = true;
    });
    await expect.poll(counted.sleepers, { interval: 1 }).toBe(1);
    expect(isOver).toBe(false);
    for (let wakes = 0; wakes < 5 && !isOver; wakes += 1) {
      await owner('POST /api/build/start', { body: { sources: ['stashdb'] } });
      await owner('POST /api/build/stop', { body: {} });
    }
    expect(await polled).toEqual({ lease: null, question: null });
  });

  it('wakes every waiter for what is there, and each task goes to one', async () => {
    const polls = Array.from({ length: 6 }, (_, index) =>
      wait(4_000, undefined, { runner_id: `runner-${index}` }),
    );
    await expect.poll(app.sleepers).toBe(6);
    await start('stashdb', 'folder', 'fansdb');
    await expect.poll(app.sleepers).toBe(3);
    app.clock.advance(4_000);
    const leases = (await Promise.all(polls)).map(({ lease }) => lease?.task_id);
    expect(leases.filter(Boolean).sort()).toEqual(['1.fansdb', '1.folder', '1.stashdb']);
  });
});

describe('a poll that its runner has given up unseen', () => {
  it('takes nothing any more, and the one after it gets the task', async () => {
    const givenUp = wait();
    await asleep();
    const newer = wait();
    await expect.poll(app.sleepers).toBe(2);
    await start('stashdb');
    expect((await newer).lease).toMatchObject({ task_id: '1.stashdb', fence: 1 });
    expect(await givenUp).toEqual({ lease: null, question: null });
  });

  it('takes no task that lapses meanwhile either, nor a question', async () => {
    await start('stashdb');
    await take(runner, { runner_id: 'silent' });
    const givenUp = runner('POST /api/leases', { body: aRunner() });
    await asleep();
    await ask(runner, { free_slots: 0 });
    await app.as('read')('POST /api/questions', { body: { about: 'Ada' } });
    app.clock.advance(limits.firstHeartbeatMs);
    expect(await givenUp).toMatchObject({ lease: null, question: null });
    const { lease, question } = await wait(0);
    expect([lease?.task_id, question?.about]).toEqual(['1.stashdb', 'Ada']);
  });

  it('is another runner’s business only', async () => {
    const polled = wait();
    await asleep();
    await ask(runner, { runner_id: 'runner-2' });
    await start('stashdb');
    expect((await polled).lease?.task_id).toBe('1.stashdb');
  });
});

describe('a runner that waits while a run of its leases is stopped', () => {
  const stop = () => app.as('trigger')('POST /api/build/stop', { body: {} });
  const beat = (task: string, fence: number) =>
    runner('POST /api/leases/{task}/heartbeat', { params: { task }, body: { fence } });

  it('is told to beat now, until it has', async () => {
    await start('stashdb');
    const { task_id: task, fence } = await take(runner);
    await beat(task, fence);
    const polled = wait(limits.longPollMaxMs, undefined, { free_slots: 0 });
    await asleep();
    app.clock.advance(100);
    await stop();
    expect(await polled).toEqual({ lease: null, question: null, beat_now: true });
    expect(await wait(0)).toMatchObject({ beat_now: true });
    app.clock.advance(100);
    expect((await beat(task, fence)).want).toBe('stop');
    expect(await wait(0)).toEqual({ lease: null, question: null });
  });

  it('is not told of leases that are not its own', async () => {
    await start('stashdb');
    const { task_id: task, fence } = await take(runner, { runner_id: 'other' });
    await beat(task, fence);
    app.clock.advance(100);
    await stop();
    expect(await wait(0)).toEqual({ lease: null, question: null });
  });
});

describe('who gets a task', () => {
  it('is a runner of the catalog in which the run began', async () => {
    await start('stashdb', 'folder');
    await take(runner, { catalog_id: 'here' });
    expect(await ask(runner, { runner_id: 'other', catalog_id: 'there' })).toBeNull();
    expect((await take(runner, { runner_id: 'third', catalog_id: 'here' })).task_id).toBe('1.folder');
  });

  it('is the one that can serve the source, if one of the catalog can', async () => {
    const unable = [{ id: 'stashdb' as const, available: false, reason: 'STASHDB_API_KEY is not set' }];
    const able = [{ id: 'stashdb' as const, available: true, reason: null }];
    await ask(runner, { runner_id: 'able', sources: able });
    await start('stashdb');
    expect(await ask(runner, { sources: unable })).toBeNull();
    expect((await take(runner, { runner_id: 'able', sources: able })).task_id).toBe('1.stashdb');
  });

  it('is anyone when none can, so that the task is skipped with the reason', async () => {
    await start('stashdb');
    const sources = [{ id: 'stashdb' as const, available: false, reason: 'STASHDB_API_KEY is not set' }];
    expect((await take(runner, { sources })).task_id).toBe('1.stashdb');
  });

  it('is nobody without a free slot', async () => {
    await start('stashdb');
    expect(await ask(runner, { free_slots: 0 })).toBeNull();
    expect(await ask(runner)).not.toBeNull();
  });
});

describe('what runners say', () => {
  it('shows which sources can be served, and why not the others', async () => {
    const of = async (id: string) =>
      (await app.as('read')('GET /api/sources')).find((each) => each.id === id);
    expect(await of('stashdb')).toMatchObject({
      available: false,
      reason: 'No runner is online',
      enabled: true,
    });
    await ask(runner, {
      sources: [
        { id: 'stashdb', available: true, reason: null },
        { id: 'fansdb', available: false, reason: 'FANSDB_API_KEY is not set' },
        { id: 'folder', available: true, reason: null, note: '2 performers, 3 photos' },
      ],
    });
    expect(await of('stashdb')).toMatchObject({ available: true, reason: null, title: 'StashDB' });
    expect(await of('fansdb')).toMatchObject({ available: false, reason: 'FANSDB_API_KEY is not set' });
    expect(await of('stashdb')).toMatchObject({ note: null });
    expect(await of('folder')).toMatchObject({ available: true, note: '2 performers, 3 photos' });
    expect(await of('iafd')).toMatchObject({ reason: 'No runner that is online knows this source' });
    app.clock.advance(limits.runnerOnlineMs);
    expect((await of('stashdb'))?.reason).toBe('No runner is online');
  });

  it('is listed with what they hold, and a heartbeat is a sign of life', async () => {
    await start('stashdb');
    const { task_id: task, fence } = await take(runner);
    for (let seconds = 0; seconds < 120; seconds += 4) {
      app.clock.advance(4_000);
      await runner('POST /api/leases/{task}/heartbeat', {
        params: { task },
        body: { fence, progress: progressOf() },
      });
    }
    const [seen] = await app.as('read')('GET /api/runners');
    expect(seen).toMatchObject({ runner_id: 'runner-1', online: true, leases: ['1.stashdb'], device: 'CPU' });
  });

  it('is listed with the slots that are free now, not with those of its last request for work', async () => {
    await start('stashdb');
    const free = async () => (await app.as('read')('GET /api/runners'))[0]?.free_slots;
    const lease = await take(runner, { slots: 4, free_slots: 4 });
    expect(await free()).toBe(3);
    await ask(runner, { slots: 4, free_slots: 3 });
    await finish(runner, lease);
    expect(await free()).toBe(4);
  });

  it('is listed with the free slots that it said when it does not say how many it has', async () => {
    await ask(runner, { free_slots: 2 });
    expect((await app.as('read')('GET /api/runners'))[0]?.free_slots).toBe(2);
    await ask(runner, { slots: 4, free_slots: 0, paused: 'The disk is nearly full' });
    expect((await app.as('read')('GET /api/runners'))[0]?.free_slots).toBe(0);
  });

  it('is listed with how often and why it was started again', async () => {
    const restarts = { count: 2, last_at: '2026-01-01T00:00:00.000Z', reason: 'ended with exit code 70' };
    await ask(runner, { restarts });
    expect((await app.as('read')('GET /api/runners'))[0]?.restarts).toEqual(restarts);
    await ask(runner);
    expect((await app.as('read')('GET /api/runners'))[0]).not.toHaveProperty('restarts');
  });

  it('is listed although another release has stored more of it', async () => {
    await ask(runner);
    await app.deps.db.update(runners).set({ about: sql`json_set(about, '$.of_the_future', 1)` });
    expect((await app.as('read')('GET /api/runners'))[0]).not.toHaveProperty('of_the_future');
  });
});
