// Runs in the project http too.
import type { HookEvent } from '@trainer/contract/hook-events';
import { limits } from '@trainer/contract/limits';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRun, completeNext, publishNext, runToPublish } from '../../testing/carry-run.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { type HookWorld, openHookWorld } from '../../testing/hook-world.ts';
import { runs, tasks } from '../db/schema/runs.ts';

// A process that dies at the wrong moment is arranged from inside.

let world: HookWorld<NodeApp>;
let app: NodeApp;
beforeEach(async () => {
  world = await openHookWorld(await createNodeApp());
  app = world.app;
});
afterEach(() => world[Symbol.asyncDispose]());

const statusOfRun = async () => (await app.deps.db.select().from(runs))[0]?.status;

describe('a crash', () => {
  it('between an event and its sending loses nothing: the next process sends', async () => {
    const hook = await world.makeHook({ events: ['run.started'] });
    // The process is gone before the work behind the answer begins.
    app.deps.later = () => {};
    await beginRun(app);
    expect(world.receiver.received).toEqual([]);
    expect(await world.deliveries(hook)).toMatchObject([{ status: 'waiting', attempts: 0 }]);
    expect(await world.pass(0)).toBe(1);
    expect(await world.told()).toEqual(['run.started']);
  });

  it('between the sending and noting it sends once more, a minute later, under the same id', async () => {
    await world.makeHook({ events: ['run.started'] });
    const { fetch } = app.deps;
    app.deps.fetch = async (url, init) => {
      await fetch(url, init);
      app.deps.fetch = fetch;
      throw await new Promise<never>(() => {});
    };
    app.deps.later = (work) => void work();
    await beginRun(app);
    await expect.poll(() => world.receiver.received.length).toBe(1);
    expect(await world.pass(9_999)).toBe(0);
    expect(await world.pass(50_001)).toBe(1);
    const [first, second] = world.messages();
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
        before: () => runToPublish(app),
        act: () => publishNext(app, '2026.01.02'),
        isTrue: async () => (await app.as('read')('GET /api/versions')).length > 0,
      },
    ],
    [
      'run.finished',
      {
        before: () => runToPublish(app),
        act: () => publishNext(app, '2026.01.02'),
        isTrue: async () => (await statusOfRun()) !== 'running',
      },
    ],
  ])(
    'in the middle of what makes %s true leaves neither, and later both',
    async (event, { before, act, isTrue }) => {
      const hook = await world.makeHook({ events: [event] });
      await before();
      await app.deps.db.run(sql`CREATE TRIGGER crash BEFORE INSERT ON deliveries
      BEGIN SELECT raise(ABORT, 'power cut'); END`);
      await expect(act()).rejects.toMatchObject({ code: 'internal' });
      expect(await isTrue()).toBe(false);
      expect(await world.deliveries(hook)).toEqual([]);
      await app.deps.db.run(sql`DROP TRIGGER crash`);
      app.clock.advance(limits.firstHeartbeatMs);
      // Runs are taken on by whoever looks next; a runner says again what was not acknowledged.
      await app.as('read')('GET /api/runs', { query: {} });
      if (!(await isTrue())) await act();
      expect(await isTrue()).toBe(true);
      expect(await world.told()).toEqual([event]);
    },
  );
});
