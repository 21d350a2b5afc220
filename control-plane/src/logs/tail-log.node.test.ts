import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { readEvents } from '../../testing/read-events.ts';
import { type SeededLog, seedLog } from '../../testing/seed-log.ts';
import { createApp } from '../app.ts';
import type { Notifier } from '../context/deps.ts';
import { memoryNotifier } from '../edge/memory-notifier.ts';

// What is seen from inside, and the ends that a Worker never hears of.

let app: NodeApp;
let write: SeededLog['write'];
let open: SeededLog['open'];
beforeEach(async () => {
  app = await createNodeApp();
  ({ write, open } = await seedLog(app));
});
afterEach(() => app.close());

const idsOf = (lines: { id: number }[]) => lines.map(({ id }) => id);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('the live log', () => {
  it('does not read ahead: a reader that stops costs one page, and misses nothing', async () => {
    let looks = 0;
    const memory = memoryNotifier();
    const counting: Notifier = {
      ...memory,
      current: async (topic) => {
        looks += 1;
        return memory.current(topic);
      },
    };
    app.deps.notifier = counting;
    await write(2_000);
    const events = await open('tail=0', 0);
    expect(await events.blocks()).toEqual(['retry: 1000\nid: 0']);
    const first = await events.lines(1);
    expect(first).toHaveLength(100);
    await write(1_000);
    expect(looks).toBeLessThanOrEqual(3);
    expect(idsOf([...first, ...(await events.lines(2_900))])).toEqual(range(1, 3_000));
    await events.cancel();
  });

  it('ends when the control plane is about to, and says why when the database fails', async () => {
    const closing = new AbortController();
    const other = await createNodeApp({ closing: closing.signal });
    const answer = () =>
      other.request('/api/logs', { headers: { authorization: `Bearer ${other.tokens.read}` } });
    const events = readEvents(await answer());
    await events.blocks();
    const end = events.blocks();
    closing.abort();
    expect(await end).toBeNull();

    const failing = await open();
    app.close();
    await failing.blocks();
    expect(await failing.blocks()).toBeNull();
    expect((await app.logged()).at(-1)).toMatch(/A log stream ended: .*closed/s);
    app = other;
  });

  it('stops waiting when the reader behind a socket is gone', async () => {
    const memory = memoryNotifier();
    const waiting = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    app.deps.notifier = {
      ...memory,
      wait: async (...args) => {
        waiting.resolve();
        const number = await memory.wait(...args);
        ended.resolve();
        return number;
      },
    };
    const server = serve({ fetch: createApp(app.deps).fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const reader = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/api/logs`, {
      headers: { authorization: `Bearer ${app.tokens.read}` },
      signal: reader.signal,
    });
    expect(response.status).toBe(200);
    await waiting.promise;
    reader.abort();
    await ended.promise;
    server.close();
  });
});
