import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitForWork } from '../../../testing/a-runner.ts';
import { createWorkerdApp, type WorkerdApp } from '../../../testing/create-workerd-app.ts';
import { seedLog } from '../../../testing/seed-log.ts';

let app: WorkerdApp;
beforeEach(async () => {
  app = await createWorkerdApp();
});
afterEach(() => app.close());

const start = () => app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
const wait = (signal?: AbortSignal, over = {}) => waitForWork(app.as('runner'), { signal, over });
/** Until as many requests wait. */
const asleep = (count = 1) => expect.poll(app.sleepers, { interval: 1 }).toBe(count);

/** Lets time pass until it is there. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  let isThere = false;
  const there = promise.finally(() => {
    isThere = true;
  });
  while (!isThere) {
    app.clock.advance(250);
    await Promise.race([there, setTimeout(50)]);
  }
  return there;
}

describe('the hub', () => {
  it('may end at any time: who waits for work looks again by itself, and is woken by the next', async () => {
    const polled = wait();
    await asleep();
    await app.endHub();
    await expect.poll(app.logged).toEqual([expect.stringMatching(/^warn The hub does not answer: /)]);
    await start();
    expect((await soon(polled)).lease?.task_id).toBe('1.stashdb');

    const next = wait(undefined, { runner_id: 'runner-2' });
    await asleep();
    await app.as('runner')('POST /api/leases/{task}/release', {
      params: { task: '1.stashdb' },
      body: { fence: 1, reason: 'restarting' },
    });
    expect((await next).lease).toMatchObject({ task_id: '1.stashdb', fence: 2 });
  });

  it('may end while lines come: a reader of the log misses none', async () => {
    const { write, open } = await seedLog(app);
    const events = await open('tail=0');
    const lines = events.lines(3);
    await asleep();
    await write(1);
    await app.endHub();
    await write(2);
    expect((await soon(lines)).map(({ id }) => id)).toEqual([1, 2, 3]);
    await events.cancel();
  });

  it('does not hear when a waiter goes away: whoever is there gets the task all the same', async () => {
    const caller = new AbortController();
    const gone = wait(caller.signal, { runner_id: 'gone' }).catch(() => undefined);
    await asleep();
    caller.abort();
    await gone;
    const polled = wait(undefined, { runner_id: 'there' });
    await asleep(2);
    await start();
    expect((await polled).lease).toMatchObject({ task_id: '1.stashdb', fence: 1 });
  });
});
