import { setTimeout } from 'node:timers/promises';
import { limits } from '@trainer/contract/limits';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { readEvents } from '../../testing/read-events.ts';
import { type SeededLog, seedLog } from '../../testing/seed-log.ts';
import type { Timings } from '../context/deps.ts';

let app: TestApp;
let task: string;
let write: SeededLog['write'];
let open: SeededLog['open'];
beforeEach(async () => {
  app = await createTestApp();
  ({ task, write, open } = await seedLog(app));
});
afterEach(() => app.close());

/** Another control plane, where looks are counted. */
async function counted(timings: Partial<Timings>) {
  const other = await createTestApp({ timings });
  onTestFinished(other.close);
  return { app: other, ...(await seedLog(other)) };
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
    await app.record({ level: 'warn', message: 'Run 1\0 was stopped', runId: 1 });
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
    await app.record({ level: 'error', message: 'of another run', runId: 7 });
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

  it('is kept alive every 8 s, also while only lines come that the filter keeps back', async () => {
    const events = await open('level=error');
    await events.blocks();
    for (let round = 0; round < 3; round++) {
      const block = events.blocks();
      await expect.poll(app.sleepers, { interval: 1 }).toBe(1);
      await write(1);
      app.clock.advance(limits.sseKeepAliveMs);
      expect(await block).toEqual([': keep-alive']);
    }
    await events.cancel();
  });

  /** Logs in with a token of its own; answers with the cookie and the token's id. */
  async function logIn(expires_at: string | null = null) {
    const made = await app.as('admin')('POST /api/tokens', {
      body: { name: 'Guest', scope: 'read', expires_at },
    });
    const session = await app.request('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: made.token }),
    });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    return { id: made.id, byToken: { authorization: `Bearer ${made.token}` }, bySession: { cookie } };
  }
  const revoke = (id: number) => app.as('admin')('DELETE /api/tokens/{id}', { params: { id } });

  it.each([
    ['its token is revoked', 'byToken', async ({ id }: { id: number }) => revoke(id)],
    ['the token of its session is revoked', 'bySession', async ({ id }: { id: number }) => revoke(id)],
    [
      'its session is logged out',
      'bySession',
      async ({ bySession }: { bySession: Record<string, string> }) => {
        await app.request('/api/session', { method: 'DELETE', headers: bySession });
      },
    ],
  ] as const)('ends within 10 s after %s, and gives no line that came later', async (_, by, end) => {
    for (const isIdle of [true, false]) {
      const guest = await logIn();
      const events = readEvents(await app.request('/api/logs?tail=0', { headers: guest[by] }));
      await events.blocks();
      const next = events.blocks();
      await expect.poll(app.sleepers, { interval: 1 }).toBe(1);
      await end(guest);
      if (isIdle) app.clock.advance(9_999);
      else await write(1);
      expect(await next).toBeNull();
    }
  });

  it('ends at the moment at which its token expires', async () => {
    const { byToken } = await logIn(new Date(app.clock.now() + 3_000).toISOString());
    const events = readEvents(await app.request('/api/logs?tail=0', { headers: byToken }));
    await events.blocks();
    const next = events.blocks();
    await expect.poll(app.sleepers, { interval: 1 }).toBe(1);
    app.clock.advance(3_000);
    expect(await next).toBeNull();
  });

  it('sends its reader away after some looks where looks are counted, to come back to its place at once', async () => {
    const { write, open } = await counted({ checksPerStream: 2 });
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

  it('misses nothing and says nothing twice where it sends its readers away', async () => {
    const { write, open } = await counted({ checksPerStream: 3 });
    const rounds = 40;
    const writing = (async () => {
      for (let round = 0; round < rounds; round++) await write(3);
    })();
    const seen: number[] = [];
    while (seen.length < 3 * rounds) {
      const events = await open('', seen.at(-1) ?? 0);
      for (;;) {
        const lines = await events.lines(1);
        if (lines.length === 0) break;
        seen.push(...idsOf(lines));
        if (seen.length === 3 * rounds) await events.cancel();
      }
    }
    await writing;
    expect(seen).toEqual(range(1, 3 * rounds));
  });

  it('gathers lines for a moment where looks are counted, but gives the first at once', async () => {
    const { app, write, open } = await counted({ logStreamBatchMs: 500 });
    const events = await open('tail=0');
    await events.blocks();
    const first = events.lines(1);
    await expect.poll(app.sleepers).toBe(1);
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
    while (!isThere) {
      app.clock.advance(50);
      await setTimeout(5);
    }
    expect(idsOf(await next)).toEqual([2, 3]);
    await events.cancel();
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
