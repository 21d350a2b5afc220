import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { limits } from '@trainer/shared/limits';
import type { LogLevel } from '@trainer/shared/logs';
import type { SourceId } from '@trainer/shared/sources';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import type { WakeUp } from '../deps.ts';
import { memoryWakeUp } from '../edge/memory-wake-up.ts';
import { createTestApp, type TestApp } from '../testing/create-test-app.ts';
import { readEvents } from '../testing/read-events.ts';
import { seedTask } from '../testing/seed-task.ts';
import { recordLines } from './record-lines.ts';

let app: TestApp;
let seq = 0;
let task = '';
beforeEach(async () => {
  app = await createTestApp();
  task = (await seedTask(app.deps, { source: 'stashdb' })).taskId;
  seq = 0;
});
afterEach(() => app.close());

/** Stores `count` lines of the task. */
async function write(count: number, level: LogLevel = 'info', source: SourceId = 'stashdb') {
  for (let left = count; left > 0; left -= limits.logLinesPerBatch) {
    const lines = Array.from({ length: Math.min(left, limits.logLinesPerBatch) }, () => ({
      seq: ++seq,
      time: '2026-01-01T00:00:00.000Z',
      level,
      source,
      message: `line ${seq}`,
    }));
    await app.as('runner')('POST /api/leases/{task}/logs', { params: { task }, body: { fence: 1, lines } });
  }
}

async function open(query = '', lastEventId?: number) {
  const response = await app.request(`/api/logs?${query}`, {
    headers: {
      authorization: `Bearer ${app.tokens.read}`,
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  return readEvents(response);
}

const idsOf = (lines: { id: number }[]) => lines.map(({ id }) => id);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('the live log', () => {
  it('begins with the tail that was asked for and goes on as lines come', async () => {
    await write(5);
    const events = await open('tail=2');
    expect(idsOf(await events.lines(2))).toEqual([4, 5]);
    const next = events.lines(1);
    await write(1);
    expect(await next).toMatchObject([{ id: 6, task_id: task, run_id: 1, seq: 6, message: 'line 6' }]);
    await events.cancel();
  });

  it('begins with nothing of the past when no tail is wanted', async () => {
    await write(5);
    const events = await open('tail=0');
    const next = events.lines(1);
    await write(1);
    expect(idsOf(await next)).toEqual([6]);
    await events.cancel();
  });

  it('holds the lines of the control plane itself', async () => {
    const events = await open();
    await recordLines(app.deps, [{ level: 'warn', message: 'Run 1\0 was stopped', runId: 1 }]);
    expect(await events.lines(1)).toEqual([
      {
        id: 1,
        run_id: 1,
        task_id: null,
        seq: null,
        time: new Date(app.clock.now()).toISOString(),
        level: 'warn',
        source: null,
        message: 'Run 1\uFFFD was stopped',
        fields: {},
      },
    ]);
    await events.cancel();
  });

  it('passes on only what the filters let through', async () => {
    await write(2, 'debug');
    await write(2, 'warn', 'fansdb');
    await write(2, 'error');
    await recordLines(app.deps, [{ level: 'error', message: 'of another run', runId: 7 }]);
    for (const [query, ids] of [
      ['level=warn', [3, 4, 5, 6, 7]],
      ['level=error', [5, 6, 7]],
      ['level=info', [3, 4, 5, 6, 7]],
      ['source=fansdb', [3, 4]],
      ['run=7', [7]],
      ['run=1&level=error&source=stashdb', [5, 6]],
      ['run=1&tail=1', [6]],
    ] as const) {
      const events = await open(query);
      expect(idsOf(await events.lines(ids.length)), query).toEqual(ids);
      await events.cancel();
    }
  });

  it('waits behind a filter until a line passes it', async () => {
    const events = await open('source=fansdb');
    const next = events.lines(1);
    await write(250);
    await write(1, 'info', 'fansdb');
    expect(idsOf(await next)).toEqual([251]);
    await events.cancel();
  });

  it('resumes without gap or double, however often the reader is cut off while lines keep coming', async () => {
    const seen: number[] = [];
    const writing = (async () => {
      for (let round = 0; round < 60; round++) await write(1 + (round % 7) * 20);
    })();
    const total = Array.from({ length: 60 }, (_, round) => 1 + (round % 7) * 20).reduce((a, b) => a + b);
    while (seen.length < total) {
      const events = await open('tail=0', seen.at(-1) ?? 0);
      seen.push(...idsOf(await events.lines(Math.min(total - seen.length, 1 + (seen.length % 170)))));
      await events.cancel();
    }
    await writing;
    expect(seen).toEqual(range(1, total));
  });

  it('takes an id that this database has not reached for "now"', async () => {
    await write(3);
    const events = await open('', 1_000_000);
    const next = events.lines(1);
    await write(1);
    expect(idsOf(await next)).toEqual([4]);
    await events.cancel();
  });

  it('reads ahead of nobody: a reader that stops costs one page, and misses nothing', async () => {
    let looks = 0;
    const memory = memoryWakeUp();
    const counting: WakeUp = {
      ...memory,
      current: async (topic) => {
        looks += 1;
        return memory.current(topic);
      },
    };
    app.deps.wakeUp = counting;
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

  it('is kept alive every 10 s, also while only lines come that the filter keeps back', async () => {
    app.deps.wakeUp = {
      ...memoryWakeUp(),
      wait: async (_topic, since, ms, signal) => {
        await app.clock.sleep(ms, signal);
        return since;
      },
    };
    const events = await open('level=error');
    await events.blocks();
    for (let round = 0; round < 3; round++) {
      const block = events.blocks();
      await write(1);
      await Promise.resolve();
      app.clock.advance(limits.sseKeepAliveMs);
      expect(await block).toEqual([': keep-alive']);
    }
    await events.cancel();
  });

  it('sends its reader away after some looks where looks are counted, to come back to its place at once', async () => {
    app.deps.tempo = { ...app.deps.tempo, looksPerStream: 2 };
    await write(1);
    const events = await open('level=info', 0);
    expect(await events.blocks()).toEqual(['retry: 1000\nid: 0']);
    expect(idsOf(await events.lines(1))).toEqual([1]);
    const silence = events.blocks();
    await write(1, 'debug');
    await write(1);
    expect(await silence).toEqual(['retry: 20\nid: 2']);
    expect(await events.blocks()).toBeNull();
    const again = await open('level=info', 2);
    expect(idsOf(await again.lines(1))).toEqual([3]);
    await again.cancel();
  });

  it('gathers lines for a moment where looks are counted, but gives the first at once', async () => {
    app.deps.tempo = { ...app.deps.tempo, gatherLinesMs: 500 };
    const events = await open('tail=0');
    await events.blocks();
    const first = events.lines(1);
    await expect.poll(() => app.clock.sleepers).toBe(1);
    app.clock.advance(500);
    await write(1);
    expect(idsOf(await first)).toEqual([1]);
    const next = events.lines(1);
    await write(1);
    await write(1);
    let isThere = false;
    void next.then(() => {
      isThere = true;
    });
    for (let ms = 0; !isThere; ms += 50) {
      expect(ms).toBeLessThan(5_000);
      app.clock.advance(50);
      await new Promise(setImmediate);
    }
    expect(idsOf(await next)).toEqual([2, 3]);
    await events.cancel();
  });

  it('ends when the control plane is about to, and says why when the database fails', async () => {
    const closing = new AbortController();
    const other = await createTestApp({ closing: closing.signal });
    const answer = () =>
      other.request('/api/logs', { headers: { authorization: `Bearer ${other.tokens.read}` } });
    const events = readEvents(await answer());
    await events.blocks();
    const end = events.blocks();
    closing.abort();
    expect(await end).toBeNull();

    const failing = await open();
    await app.close();
    await failing.blocks();
    expect(await failing.blocks()).toBeNull();
    expect(app.logged.at(-1)).toMatch(/A log stream ended: .*closed/s);
    app = other;
  });

  it('stops waiting when the reader behind a socket is gone', async () => {
    const memory = memoryWakeUp();
    const waiting = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    app.deps.wakeUp = {
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

  it.each([
    ['level=loud', 'level'],
    ['run=first', 'run'],
    ['tail=5000', 'tail'],
    ['sources=stashdb', 'sources'],
  ])('refuses %s', async (query, field) => {
    const response = await app.request(`/api/logs?${query}`, {
      headers: { authorization: `Bearer ${app.tokens.read}` },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field }] });
  });
});
