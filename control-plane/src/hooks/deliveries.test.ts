import type { HookEvent } from '@trainer/shared/hook-events';
import { type HookMessage, hookMessageSchema, type NewHook } from '@trainer/shared/hooks';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runs, tasks } from '../db/schema/runs.ts';
import { progressOf, take } from '../testing/a-runner.ts';
import { beginRun, completeNext, publishNext } from '../testing/carry-run.ts';
import { createTestApp, type TestApp } from '../testing/create-test-app.ts';
import { openReceiver, type Receiver } from '../testing/receiver.ts';
import { pruneDeliveries } from './prune-deliveries.ts';
import { sendDueDeliveries } from './send-due.ts';

let app: TestApp;
let receiver: Receiver;
beforeEach(async () => {
  app = await createTestApp();
  receiver = await openReceiver();
});
afterEach(async () => {
  await app.settled();
  await receiver[Symbol.asyncDispose]();
  app.close();
});

const everything: HookEvent[] = [
  'run.finished_with_errors',
  'run.failed',
  'source.paused',
  'version.published',
  'run.started',
  'run.finished',
  'run.cancelled',
];
const hook = (over: Partial<Extract<NewHook, { kind: 'webhook' }>> = {}) =>
  app.as('admin')('POST /api/hooks', {
    body: { name: 'script', kind: 'webhook', address: receiver.url, ...over },
  });
const deliveries = (id: number) =>
  app.as('admin')('GET /api/hooks/{id}/deliveries', { params: { id }, query: {} });
const stop = (body: object = {}) => app.as('trigger')('POST /api/build/stop', { body });
const messages = (): HookMessage[] =>
  receiver.received.map(({ body }) => hookMessageSchema.parse(JSON.parse(body)));
/** What came, sorted: two events at once are sent at once. */
const told = async () => {
  await app.settled();
  return messages()
    .map(({ type }) => type)
    .sort();
};
const message = (type: HookEvent) => messages().find((each) => each.type === type)?.data;
const statusOfRun = async () => (await app.deps.db.select().from(runs))[0]?.status;
async function uptoPublish() {
  await beginRun(app);
  await completeNext(app);
  await completeNext(app);
}
/** Lets time pass, and then sends what is due, as the edge does every few seconds. */
async function pass(ms: number) {
  app.clock.advance(ms);
  return sendDueDeliveries(app.deps);
}

describe('a hook that wants everything', () => {
  it('is told of a run from its beginning to its end, once each', async () => {
    await hook({ events: everything });
    await uptoPublish();
    expect(await told()).toEqual(['run.started']);
    await publishNext(app, '2026.01.02');
    expect(await told()).toEqual(['run.finished', 'run.started', 'version.published']);
    await pass(60_000);
    expect(await told()).toHaveLength(3);
    expect(message('version.published')).toEqual({
      title: 'Version 2026.01.02 is published',
      text: 'Run 1 published version 2026.01.02 with 2 performers and 5 faces.',
      run_id: 1,
      status: null,
      reason: null,
      source: null,
      version: '2026.01.02',
      performers: 2,
      faces: 5,
      errors: null,
      link: null,
    });
  });

  it('is told of a source that gave up as an error of the run', async () => {
    await hook({ events: everything });
    await beginRun(app);
    await completeNext(app, { progress: progressOf({ errors: 1_200 }) });
    await completeNext(app, { outcome: 'failed', reason: 'boobpedia.com refused us (403)' });
    await publishNext(app, '2026.01.02');
    expect(await told()).toContain('run.finished_with_errors');
    expect(message('run.finished_with_errors')).toMatchObject({
      title: 'Run 1 finished with errors',
      text: 'Run 1 published version 2026.01.02 with 2 performers and 5 faces. Boobpedia failed: boobpedia.com refused us (403). 1,200 errors were counted.',
      status: 'completed',
      errors: 1_200,
    });
  });

  it('is told of counted errors alone, and not of a source that was skipped', async () => {
    await hook({ events: everything });
    await beginRun(app);
    await completeNext(app, { progress: progressOf({ errors: 1 }) });
    await completeNext(app);
    await publishNext(app, '2026.01.02');
    expect(await told()).toContain('run.finished_with_errors');
    await beginRun(app);
    await completeNext(app);
    await completeNext(app, { outcome: 'skipped', reason: 'FLARESOLVERR_URL is not set' });
    await publishNext(app, '2026.01.03');
    expect(await told()).toContain('run.finished');
  });

  it('is told of a failed run with the reason', async () => {
    await hook({ events: everything });
    await beginRun(app);
    for (const reason of ['no key', 'no answer']) await completeNext(app, { outcome: 'failed', reason });
    expect(await told()).toEqual(['run.failed', 'run.started']);
    expect(message('run.failed')).toMatchObject({
      title: 'Run 1 failed',
      text: 'No source worked: 1.stashdb failed (no key); 1.boobpedia failed (no answer).',
    });
  });

  it('is told of runs that were cancelled, active or still in line', async () => {
    await hook({ events: everything });
    await beginRun(app);
    const { run_id: waiting } = await app.as('trigger')('POST /api/build/start', { body: { queue: true } });
    await stop({ run_id: waiting, reason: 'changed my mind' });
    await stop({ reason: 'too hot' });
    expect(await told()).toEqual(['run.cancelled', 'run.cancelled', 'run.started']);
    const cancelled = messages().filter(({ type }) => type === 'run.cancelled');
    expect(cancelled.map(({ data }) => `${data.title}: ${data.text}`).sort()).toEqual([
      'Run 1 was cancelled: Too hot.',
      'Run 2 was cancelled: Changed my mind.',
    ]);
  });

  it('is told once of a source that is paused, however often its runner says so', async () => {
    await hook({ events: everything });
    const id = await beginRun(app);
    await completeNext(app);
    const runner = app.as('runner');
    const { task_id: task, fence } = await take(runner);
    const body = {
      fence,
      outcome: 'failed' as const,
      paused: true,
      reason: 'boobpedia seems to have changed: "images.infobox" finds nothing any more',
      progress: progressOf(),
    };
    for (let time = 0; time < 2; time += 1) {
      await runner('POST /api/leases/{task}/complete', { params: { task }, body });
    }
    const said =
      'paused until somebody has looked at it: boobpedia seems to have changed: "images.infobox" finds nothing any more';
    const { tasks } = await app.as('read')('GET /api/runs/{id}', { params: { id } });
    expect(tasks.find(({ source }) => source === 'boobpedia')).toMatchObject({
      status: 'failed',
      reason: said,
    });
    expect(await told()).toEqual(['run.started', 'source.paused']);
    expect(message('source.paused')).toMatchObject({
      title: 'Boobpedia is paused',
      text: `P${said.slice(1)}.`,
      reason: said,
      source: 'boobpedia',
    });
  });

  it('is linked to the page of the dashboard where its address is known', async () => {
    app.deps.publicUrl = new URL('https://trainer.example.org');
    await hook({ events: everything });
    await beginRun(app);
    await told();
    expect(messages()[0]?.data.link).toBe('https://trainer.example.org/runs/1');
  });
});

describe('a pause', () => {
  it.each([
    ['of a task that is done', { outcome: 'done' as const }],
    ['of a task that was skipped', { outcome: 'skipped' as const, reason: 'no key' }],
  ])('%s cannot be true', async (_, completion) => {
    await beginRun(app);
    await expect(completeNext(app, { ...completion, paused: true })).rejects.toMatchObject({
      code: 'impossible_report',
    });
  });
});

describe('a hook', () => {
  it('is told nothing that it does not want, nor anything while it is turned off', async () => {
    await hook();
    await hook({ events: everything, enabled: false });
    await beginRun(app);
    await stop();
    expect(await told()).toEqual([]);
  });

  it('keeps nobody waiting who brings the news', async () => {
    await hook({ events: everything });
    receiver.answers.push({ hangs: true });
    await beginRun(app);
    await expect.poll(() => receiver.received.length).toBe(1);
    app.clock.advance(10_000);
  });

  it('is asked again with growing pauses, two and a half hours in all, and then given up, which the log says once', async () => {
    const { id } = await hook({ events: ['run.started'] });
    receiver.answers.push(...Array.from({ length: 6 }, () => ({ status: 500 })));
    await beginRun(app);
    await app.settled();
    const pauses = [10_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 60 * 60_000];
    for (const [index, pause] of pauses.entries()) {
      const [waiting] = await deliveries(id);
      expect(waiting).toMatchObject({
        status: 'waiting',
        attempts: index + 1,
        last_error: expect.stringMatching(/answered 500: it has trouble of its own$/),
        next_attempt_at: new Date(app.clock.now() + pause).toISOString(),
      });
      expect(await pass(pause - 1)).toBe(0);
      expect(await pass(1)).toBe(1);
    }
    expect(await deliveries(id)).toMatchObject([{ status: 'given_up', attempts: 6, next_attempt_at: null }]);
    expect(await pass(24 * 60 * 60_000)).toBe(0);
    expect(new Set(messages().map((each) => each.id)).size).toBe(1);
    expect(receiver.received).toHaveLength(6);
    expect(app.recorded.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Hook "script" was not told of run\.started, and is not asked any more: after 6 attempts, 127\.0\.0\.1:\d+ answered 500/,
      ),
    ]);
  });

  it('is delivered when a later attempt succeeds', async () => {
    const { id } = await hook({ events: ['run.started'] });
    receiver.answers.push({ status: 500 });
    await beginRun(app);
    await app.settled();
    await pass(10_000);
    expect((await app.as('admin')('GET /api/hooks'))[0]?.last_delivery).toEqual((await deliveries(id))[0]);
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered', attempts: 2, last_error: null }]);
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
  });

  it.each([
    ['seconds', '90', 90_000],
    ['a date', 'Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
    ['less than we would wait anyway', '2', 10_000],
    ['a year', '31536000', 24 * 60 * 60_000],
    ['nonsense', 'soon', 10_000],
  ])('is left alone as long as it asks for: %s', async (_, retryAfter, waitMs) => {
    const { id } = await hook({ events: ['run.started'] });
    receiver.answers.push({ status: 429, headers: { 'retry-after': retryAfter } });
    await beginRun(app);
    await app.settled();
    const [delivery] = await deliveries(id);
    expect(delivery?.next_attempt_at).toBe(new Date(app.clock.now() + waitMs).toISOString());
  });

  it('is turned off by 410, with the reason, and what waits for it is given up', async () => {
    const { id } = await hook({ events: ['run.started', 'run.cancelled'] });
    receiver.answers.push({ status: 500 }, { status: 410 });
    await beginRun(app);
    await app.settled();
    await stop();
    await app.settled();
    expect(await app.as('admin')('GET /api/hooks')).toMatchObject([
      {
        enabled: false,
        disabled_reason: expect.stringMatching(/answered 410: the address is gone for good$/),
      },
    ]);
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(['given_up', 'given_up']);
    const on = { name: 'script', kind: 'webhook' as const, events: ['run.started' as const], enabled: true };
    expect(await app.as('admin')('PUT /api/hooks/{id}', { params: { id }, body: on })).toMatchObject({
      enabled: true,
      disabled_reason: null,
    });
    expect(await pass(60_000)).toBe(0);
  });

  it('does not hear old news when it is turned on again', async () => {
    const { id } = await hook({ events: ['run.started'] });
    receiver.answers.push({ status: 500 });
    await beginRun(app);
    await app.settled();
    const body = { name: 'script', kind: 'webhook' as const, events: ['run.started' as const] };
    for (const enabled of [false, true]) {
      await app.as('admin')('PUT /api/hooks/{id}', { params: { id }, body: { ...body, enabled } });
    }
    expect(await pass(60_000)).toBe(0);
  });

  it('is forgotten about after 30 days, or when there is much newer', async () => {
    const { id } = await hook({ events: ['run.started'] });
    await beginRun(app);
    await app.settled();
    await app.deps.db.run(sql`INSERT INTO runs (status, requested_by, created_at, params, config, config_revision)
      SELECT 'completed', 'test', 0, '{}', '{}', 0 FROM json_each(${JSON.stringify(Array(210).fill(0))})`);
    await app.deps.db.run(sql`INSERT INTO deliveries (hook_id, message_id, event, run_id, status, created_at, due_at)
      SELECT ${id}, 'x', 'run.started', id, 'delivered', ${app.clock.now()}, 0 FROM runs WHERE id > 1`);
    expect(await pruneDeliveries(app.deps)).toBe(11);
    expect(await pruneDeliveries(app.deps)).toBe(0);
    app.clock.advance(31 * 24 * 60 * 60_000);
    expect(await pruneDeliveries(app.deps)).toBe(200);
  });
});

describe('a crash', () => {
  it('between an event and its sending loses nothing: the next process sends', async () => {
    const { id } = await hook({ events: ['run.started'] });
    // The process is gone before the work behind the answer begins.
    app.deps.later = () => {};
    await beginRun(app);
    expect(receiver.received).toEqual([]);
    expect(await deliveries(id)).toMatchObject([{ status: 'waiting', attempts: 0 }]);
    expect(await pass(0)).toBe(1);
    expect(await told()).toEqual(['run.started']);
  });

  it('between the sending and noting it sends once more, a minute later, under the same id', async () => {
    await hook({ events: ['run.started'] });
    const { fetch } = app.deps;
    app.deps.fetch = async (url, init) => {
      await fetch(url, init);
      app.deps.fetch = fetch;
      throw await new Promise<never>(() => {});
    };
    app.deps.later = (work) => void work();
    await beginRun(app);
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(await pass(9_999)).toBe(0);
    expect(await pass(50_001)).toBe(1);
    const [first, second] = messages();
    expect(second).toEqual(first);
  });

  it.each<
    [
      HookEvent,
      { before: () => Promise<unknown>; act: () => Promise<unknown>; isTrue: () => Promise<boolean> },
    ]
  >([
    [
      'run.started',
      {
        before: async () => {},
        act: () => beginRun(app),
        isTrue: async () => (await statusOfRun()) !== 'queued',
      },
    ],
    [
      'source.paused',
      {
        before: () => beginRun(app),
        act: () => completeNext(app, { outcome: 'failed', reason: 'it has changed', paused: true }),
        isTrue: async () =>
          (await app.deps.db.select().from(tasks)).some(({ status }) => status === 'failed'),
      },
    ],
    [
      'version.published',
      {
        before: () => uptoPublish(),
        act: () => publishNext(app, '2026.01.02'),
        isTrue: async () => (await app.as('read')('GET /api/versions')).length > 0,
      },
    ],
    [
      'run.finished',
      {
        before: () => uptoPublish(),
        act: () => publishNext(app, '2026.01.02'),
        isTrue: async () => (await statusOfRun()) !== 'running',
      },
    ],
  ])(
    'in the middle of what makes %s true leaves neither, and later both',
    async (event, { before, act, isTrue }) => {
      const { id } = await hook({ events: [event] });
      await before();
      await app.deps.db.run(sql`CREATE TRIGGER crash BEFORE INSERT ON deliveries
      BEGIN SELECT raise(ABORT, 'power cut'); END`);
      await expect(act()).rejects.toMatchObject({ code: 'internal' });
      expect(await isTrue()).toBe(false);
      expect(await deliveries(id)).toEqual([]);
      await app.deps.db.run(sql`DROP TRIGGER crash`);
      app.clock.advance(20_000);
      // Runs are taken on by whoever looks next; a runner says again what was not acknowledged.
      await app.as('read')('GET /api/runs', { query: {} });
      if (!(await isTrue())) await act();
      expect(await isTrue()).toBe(true);
      expect(await told()).toEqual([event]);
    },
  );
});

describe('several senders at once', () => {
  it('send each delivery once', async () => {
    app.deps.later = () => {};
    for (let each = 0; each < 4; each += 1) await hook({ events: ['run.started'] });
    await beginRun(app);
    const taken = await Promise.all(Array.from({ length: 5 }, () => sendDueDeliveries(app.deps)));
    expect(taken.reduce((sum, each) => sum + each, 0)).toBe(4);
    expect(receiver.received).toHaveLength(4);
  });

  it('take ten each at most, so that a Worker’s request is not used up', async () => {
    app.deps.later = () => {};
    for (let each = 0; each < 12; each += 1) await hook({ events: ['run.started'] });
    await beginRun(app);
    expect(await sendDueDeliveries(app.deps)).toBe(10);
    expect(await sendDueDeliveries(app.deps)).toBe(2);
  });
});

describe('the end of the process', () => {
  it('cuts what is being sent after three seconds, and begins nothing more', async () => {
    const closing = new AbortController();
    app.deps.closing = closing.signal;
    const { id } = await hook({ events: ['run.started'] });
    receiver.answers.push({ hangs: true });
    await beginRun(app);
    await expect.poll(() => receiver.received.length).toBe(1);
    closing.abort();
    await expect.poll(() => app.clock.sleepers).toBe(1);
    app.clock.advance(3_000);
    await app.settled();
    expect(await pass(60_000)).toBe(0);
    app.deps.closing = new AbortController().signal;
    expect(await deliveries(id)).toMatchObject([
      { status: 'waiting', last_error: expect.stringMatching(/the control plane ended$/) },
    ]);
  });
});
