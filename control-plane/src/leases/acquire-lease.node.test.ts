import { limits } from '@trainer/contract/limits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRunner, ask, take } from '../../testing/a-runner.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';

// A Worker never learns that a caller is gone, nor that it is about to end itself.

let app: NodeApp;
let closing: AbortController;
beforeEach(async () => {
  closing = new AbortController();
  app = await createNodeApp({ closing: closing.signal });
});
afterEach(() => app.close());

const start = () => app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
/** Until a poll waits: it has looked, found nothing and gone to sleep. */
const asleep = () => expect.poll(app.sleepers, { interval: 1 }).toBeGreaterThan(0);
const poll = (signal?: AbortSignal, over = {}) =>
  app.request('/api/leases', {
    method: 'POST',
    headers: { authorization: `Bearer ${app.tokens.runner}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...aRunner(over), wait_ms: limits.longPollMaxMs }),
    signal,
  });

describe('a poll', () => {
  it('ends at once when the control plane is about to', async () => {
    const polled = poll();
    await asleep();
    closing.abort();
    expect(await (await polled).json()).toEqual({ lease: null, question: null });
  });

  it('takes no lease when its caller has gone away', async () => {
    const caller = new AbortController();
    const gone = poll(caller.signal, { runner_id: 'gone' });
    await asleep();
    caller.abort();
    await gone.catch(() => undefined);
    await start();
    expect(await take(app.as('runner'))).toMatchObject({ fence: 1, attempt: 1 });
  });

  it('gives back what was claimed in the last moment before its caller went away', async () => {
    const caller = new AbortController();
    app.deps.record = async (...lines) => {
      if (lines.some(({ message }) => message.includes('is leased to Attic'))) caller.abort();
    };
    await start();
    expect(await (await poll(caller.signal)).json()).toEqual({ lease: null, question: null });
    expect(await take(app.as('runner'), { name: 'Cellar' })).toMatchObject({ fence: 2, attempt: 1 });
  });
});

describe('a lease that could not be handed over', () => {
  it('is ready again at once', async () => {
    await start();
    app.deps.record = async () => {
      throw new Error('the connection was cut');
    };
    await expect(ask(app.as('runner'))).rejects.toMatchObject({ code: 'internal' });
    app.deps.record = async () => {};
    expect(await take(app.as('runner'))).toMatchObject({ task_id: '1.stashdb', fence: 2, attempt: 1 });
  });

  it('because of a question is handed over all the same', async () => {
    await start();
    await app.deps.db.$client.execute('DROP TABLE questions');
    expect((await take(app.as('runner'))).task_id).toBe('1.stashdb');
    await expect(ask(app.as('runner'))).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('a poll on a platform without disconnect detection', () => {
  const pollOf = (runner_id: string) =>
    app.as('runner')('POST /api/leases', { body: aRunner({ runner_id }) });
  beforeEach(() => {
    app.deps.detectsDisconnects = false;
  });

  it('claims nothing after a notification while other runners may wait, and answers again: true', async () => {
    const polls = [pollOf('gone'), pollOf('there')];
    await expect.poll(app.sleepers).toBe(2);
    await start();
    const comeBack = { lease: null, question: null, again: true };
    expect(await Promise.all(polls)).toEqual([comeBack, comeBack]);
    expect((await pollOf('there')).lease).toMatchObject({ task_id: '1.stashdb', fence: 1 });
  });

  it('gets the task when no other runner was seen for as long as a poll lasts', async () => {
    await ask(app.as('runner'), { runner_id: 'gone' });
    app.clock.advance(limits.longPollMaxMs);
    const polled = pollOf('alone');
    await asleep();
    await start();
    expect((await polled).lease?.task_id).toBe('1.stashdb');
  });

  it('ends as ever when its time is over', async () => {
    await ask(app.as('runner'), { runner_id: 'other' });
    const polled = pollOf('patient');
    await asleep();
    app.clock.advance(limits.longPollMaxMs);
    expect(await polled).toEqual({ lease: null, question: null });
  });
});
