// Runs in the project http too.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRun } from '../../testing/carry-run.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { type HookWorld, openHookWorld } from '../../testing/hook-world.ts';
import { sendDueDeliveries } from './deliveries.ts';

// A Worker never hears of its end, and what is sent at once cannot be kept from it.

let world: HookWorld<NodeApp>;
let app: NodeApp;
beforeEach(async () => {
  world = await openHookWorld(await createNodeApp());
  app = world.app;
});
afterEach(() => world[Symbol.asyncDispose]());

describe('several senders at once', () => {
  it('send each delivery once', async () => {
    app.deps.later = () => {};
    for (let each = 0; each < 4; each += 1) await world.makeHook({ events: ['run.started'] });
    await beginRun(app);
    const taken = await Promise.all(Array.from({ length: 5 }, () => sendDueDeliveries(app.deps)));
    expect(taken.reduce((sum, each) => sum + each, 0)).toBe(4);
    expect(world.receiver.received).toHaveLength(4);
  });

  it('take nine each at most, so that a Worker’s request is not used up', async () => {
    app.deps.later = () => {};
    for (let each = 0; each < 12; each += 1) await world.makeHook({ events: ['run.started'] });
    await beginRun(app);
    expect(await sendDueDeliveries(app.deps)).toBe(9);
    expect(await sendDueDeliveries(app.deps)).toBe(3);
  });
});

describe('the end of the process', () => {
  it('cuts what is being sent after three seconds, and begins nothing more', async () => {
    const closing = new AbortController();
    app.deps.closing = closing.signal;
    const hook = await world.makeHook({ events: ['run.started'] });
    world.receiver.answers.push({ hangs: true });
    await beginRun(app);
    await expect.poll(() => world.receiver.received.length).toBe(1);
    closing.abort();
    await expect.poll(app.sleepers).toBe(1);
    app.clock.advance(3_000);
    await app.settled();
    expect(await world.pass(60_000)).toBe(0);
    app.deps.closing = new AbortController().signal;
    expect(await world.deliveries(hook)).toMatchObject([
      { status: 'waiting', last_error: expect.stringMatching(/the control plane shut down$/) },
    ]);
  });
});
