import { type LogLine, logLevels } from '@trainer/contract/logs';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { seedTask } from '../../testing/seed-task.ts';
import { logLines } from '../db/schema/logs.ts';
import { tasks } from '../db/schema/runs.ts';

let app: TestApp;
let taskId = '';
beforeEach(async () => {
  app = await createTestApp();
  ({ taskId } = await seedTask(app.deps, { source: 'stashdb' }));
});
afterEach(() => app.close());

const line = (seq: number, message = `line ${seq}`): LogLine => ({
  seq,
  time: '2026-01-01T00:00:00.000Z',
  level: 'info',
  source: 'stashdb',
  message,
  fields: {},
});
const post = (lines: LogLine[], fence = 1, task = taskId) =>
  app.as('runner')('POST /api/leases/{task}/logs', { params: { task }, body: { fence, lines } });
const stored = async () =>
  (await app.deps.db.select().from(logLines)).map(({ seq, message }) => [seq, message]);

describe('log lines of a task', () => {
  it('are stored in order with everything that was said', async () => {
    const given: LogLine = { ...line(1), level: 'warn', fields: { attempt: 2, url: null, retried: true } };
    expect(await post([given, line(2)])).toEqual({ next_seq: 3 });
    const [first] = await app.deps.db.select().from(logLines);
    expect(first).toMatchObject({
      id: 1,
      taskId,
      runId: 1,
      seq: 1,
      time: given.time,
      level: 2,
      source: 'stashdb',
      message: 'line 1',
      storedAt: app.clock.now(),
    });
    expect(JSON.parse(first?.fields ?? '')).toEqual(given.fields);
  });

  it('are stored once, however often they come and however they overlap', async () => {
    await post([line(1), line(2)]);
    expect(await post([line(1), line(2)])).toEqual({ next_seq: 3 });
    expect(await post([line(2), line(3)])).toEqual({ next_seq: 4 });
    expect(await post([line(1)])).toEqual({ next_seq: 4 });
    await Promise.all([1, 2, 3].map(() => post([line(4), line(5)])));
    expect((await stored()).map(([seq]) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('must not leave a number out, between batches or within one', async () => {
    await post([line(1)]);
    await expect(post([line(3)])).rejects.toMatchObject({
      code: 'impossible_report',
      message: `Line 3 of task ${taskId} came where 2 was expected: send the lines from 2 on, none left out.`,
    });
    await expect(post([line(2), line(4)])).rejects.toMatchObject({ code: 'impossible_report' });
    await expect(post([line(2), line(2)])).rejects.toMatchObject({ code: 'impossible_report' });
    expect(await stored()).toHaveLength(1);
  });

  it('are refused under an old fencing number, after the lease has lapsed, and for a task that never was', async () => {
    await expect(post([line(1)], 2)).rejects.toMatchObject({ code: 'lease_lost', status: 409 });
    await app.deps.db.update(tasks).set({ fence: 2 }).where(eq(tasks.id, taskId));
    await expect(post([line(1)], 1)).rejects.toMatchObject({ code: 'lease_lost' });
    app.clock.advance(2 * 60 * 60 * 1000);
    await expect(post([line(1)], 2)).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(post([line(1)], 1, '99.stashdb')).rejects.toMatchObject({ code: 'not_found' });
    expect(await stored()).toEqual([]);
  });

  it('go on counting in the next lease, also when retention has dropped what was there', async () => {
    await post([line(1), line(2)]);
    await app.deps.db.delete(logLines);
    await app.deps.db.update(tasks).set({ fence: 2 }).where(eq(tasks.id, taskId));
    expect(await post([line(3)], 2)).toEqual({ next_seq: 4 });
  });

  it('may hold what SQLite would cut or JSON cannot carry, made readable', async () => {
    await post([{ ...line(1, 'a\0b \ud800 ü 😀'), fields: { 'k\0': 'v\0w' } }]);
    const [row] = await app.deps.db.select().from(logLines);
    expect(row).toMatchObject({ message: 'a\uFFFDb \uFFFD ü 😀', fields: '{"k\uFFFD":"v\uFFFDw"}' });
  });

  it('are refused field by field when they are malformed', async () => {
    const answer = await app.request(`/api/leases/${taskId}/logs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.runner}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fence: 0, lines: [{ ...line(1), message: 7, source: 'No Where' }] }),
    });
    expect(answer.status).toBe(400);
    const problem: unknown = await answer.json();
    expect(problem).toMatchObject({
      errors: [{ field: 'fence' }, { field: 'lines.0.source' }, { field: 'lines.0.message' }],
    });
  });

  it('of a level that only a later release knows are stored as info', async () => {
    const answer = await app.request(`/api/leases/${taskId}/logs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.runner}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fence: 1, lines: [{ ...line(1), level: 'notice' }] }),
    });
    expect(answer.status).toBe(200);
    const stored = await app.deps.db.$client.execute('SELECT level FROM log_lines WHERE seq = 1');
    expect(stored.rows.map(({ level }) => level)).toEqual([logLevels.indexOf('info')]);
  });
});
