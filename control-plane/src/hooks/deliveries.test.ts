import { hookEventNames } from '@trainer/contract/hook-events';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRun } from '../../testing/carry-run.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { type HookWorld, openHookWorld } from '../../testing/hook-world.ts';

let world: HookWorld;
let app: TestApp;
beforeEach(async () => {
  world = await openHookWorld(await createTestApp());
  app = world.app;
});
afterEach(() => world[Symbol.asyncDispose]());

describe('a hook', () => {
  it('does not delay the request that caused the event', async () => {
    await world.makeHook({ events: ['run.started'] });
    world.receiver.answers.push({ hangs: true });
    await beginRun(app);
    await expect.poll(() => world.receiver.received.length).toBe(1);
    app.clock.advance(10_000);
  });

  it('is asked again with growing pauses, two and a half hours in all, and then given up, which the log says once', async () => {
    const hook = await world.makeHook({ events: ['run.started'] });
    world.receiver.answers.push(...Array.from({ length: 6 }, () => ({ status: 500 })));
    await beginRun(app);
    await app.settled();
    const pauses = [10_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 60 * 60_000];
    for (const [index, pause] of pauses.entries()) {
      const [waiting] = await world.deliveries(hook);
      expect(waiting).toMatchObject({
        status: 'waiting',
        attempts: index + 1,
        last_error: expect.stringMatching(/answered 500: the receiver has an internal error$/),
        next_attempt_at: new Date(app.clock.now() + pause).toISOString(),
      });
      expect(await world.pass(pause - 1)).toBe(0);
      expect(await world.pass(1)).toBe(1);
    }
    expect(await world.deliveries(hook)).toMatchObject([
      { status: 'given_up', attempts: 6, next_attempt_at: null },
    ]);
    expect(await world.pass(24 * 60 * 60_000)).toBe(0);
    expect(new Set(world.messages().map((each) => each.id)).size).toBe(1);
    expect(world.receiver.received).toHaveLength(6);
    const warned = (await app.recorded()).filter(({ level }) => level === 'warn');
    expect(warned.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Hook "script" did not receive run\.started: given up after 6 attempts, 127\.0\.0\.1:\d+ answered 500/,
      ),
    ]);
  });

  it('is told when a later attempt succeeds', async () => {
    const hook = await world.makeHook({ events: ['run.started'] });
    world.receiver.answers.push({ status: 500 });
    await beginRun(app);
    await app.settled();
    await world.pass(10_000);
    expect((await app.as('admin')('GET /api/hooks'))[0]?.last_delivery).toEqual(
      (await world.deliveries(hook))[0],
    );
    expect(await world.deliveries(hook)).toMatchObject([
      { status: 'delivered', attempts: 2, last_error: null },
    ]);
    const [first, second] = world.receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
  });

  it.each([
    ['seconds', '90', 90_000],
    ['a date', 'Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
    ['a date of asctime, which is in UTC', 'Thu Jan  1 00:02:00 2026', 120_000],
    ['less than we would wait anyway', '2', 10_000],
    ['a year', '31536000', 24 * 60 * 60_000],
    ['nonsense', 'soon', 10_000],
  ])('is left alone as long as it asks for: %s', async (_, retryAfter, waitMs) => {
    const hook = await world.makeHook({ events: ['run.started'] });
    world.receiver.answers.push({ status: 429, headers: { 'retry-after': retryAfter } });
    await beginRun(app);
    await app.settled();
    const [delivery] = await world.deliveries(hook);
    expect(delivery?.next_attempt_at).toBe(new Date(app.clock.now() + waitMs).toISOString());
  });

  it('is one of many: a few are told behind the answer where requests are counted, the others soon', async () => {
    await using many = await openHookWorld(await createTestApp({ timings: { deliveriesPerAnswer: 2 } }));
    for (let each = 0; each < 12; each += 1) await many.makeHook({ events: hookEventNames });
    many.receiver.answers.push({ status: 410 }, { status: 410 }, { status: 500 });
    await beginRun(many.app);
    await many.app.settled();
    expect(many.receiver.received).toHaveLength(2);
    await many.app.as('trigger')('POST /api/build/start', { body: { sources: ['folder'], queue: true } });
    await many.app.as('trigger')('POST /api/build/stop', { body: {} });
    await many.told();
    const hooks = await many.app.as('admin')('GET /api/hooks');
    expect(hooks.filter(({ enabled }) => !enabled)).toHaveLength(2);
    for (let turn = 0; turn < 5; turn += 1) await many.pass(60_000);
    const told = await many.told();
    // The two that are turned off were told once; one of the others was asked twice.
    expect(told.filter((event) => event === 'run.cancelled')).toHaveLength(10);
    expect(told).toHaveLength(2 + 3 * 10 + 1);
  });

  it('is turned off by 410, with the reason, and what waits for it is given up', async () => {
    const hook = await world.makeHook({ events: ['run.started', 'run.cancelled'] });
    world.receiver.answers.push({ status: 500 }, { status: 410 });
    await beginRun(app);
    await app.settled();
    await app.as('trigger')('POST /api/build/stop', { body: {} });
    await app.settled();
    expect(await app.as('admin')('GET /api/hooks')).toMatchObject([
      {
        enabled: false,
        disabled_reason: expect.stringMatching(/answered 410: the address was removed permanently$/),
      },
    ]);
    expect((await world.deliveries(hook)).map(({ status }) => status)).toEqual(['given_up', 'given_up']);
    const on = { name: 'script', kind: 'webhook' as const, events: ['run.started' as const], enabled: true };
    expect(await app.as('admin')('PUT /api/hooks/{id}', { params: { id: hook.id }, body: on })).toMatchObject(
      {
        enabled: true,
        disabled_reason: null,
      },
    );
    expect(await world.pass(60_000)).toBe(0);
  });

  it('does not hear old news when it is turned on again', async () => {
    const hook = await world.makeHook({ events: ['run.started'] });
    world.receiver.answers.push({ status: 500 });
    await beginRun(app);
    await app.settled();
    const body = { name: 'script', kind: 'webhook' as const, events: ['run.started' as const] };
    for (const enabled of [false, true]) {
      await app.as('admin')('PUT /api/hooks/{id}', { params: { id: hook.id }, body: { ...body, enabled } });
    }
    expect(await world.pass(60_000)).toBe(0);
  });

  it('has its deliveries forgotten after 30 days, or when there are many newer', async () => {
    const hook = await world.makeHook({ events: ['run.started'] });
    await beginRun(app);
    await app.settled();
    await app.deps.db.run(sql`INSERT INTO runs (status, requested_by, created_at, params, config, config_revision)
      SELECT 'completed', 'test', 0, '{}', '{}', 0 FROM json_each(${JSON.stringify(Array(210).fill(0))})`);
    await app.deps.db.run(sql`INSERT INTO deliveries (hook_id, message_id, event, run_id, status, created_at, due_at)
      SELECT ${hook.id}, 'x', 'run.started', id, 'delivered', ${app.clock.now()}, 0 FROM runs WHERE id > 1`);
    expect(await app.keepHouse('Pruning deliveries')).toBe(11);
    expect(await app.keepHouse('Pruning deliveries')).toBe(0);
    app.clock.advance(31 * 24 * 60 * 60_000);
    expect(await app.keepHouse('Pruning deliveries')).toBe(200);
  });
});
