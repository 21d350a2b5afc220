import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import type { Explanation } from '@trainer/contract/questions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRunner } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

let app: TestApp;
let reader: Call;
let runner: Call;
beforeEach(async () => {
  app = await createTestApp();
  reader = app.as('read');
  runner = app.as('runner');
});
afterEach(() => app.close());

const ask = (about: string) => reader('POST /api/questions', { body: { about } });
const read = (id: string) => reader('GET /api/questions/{id}', { params: { id } });
const poll = (waitMs = 0, over = {}) =>
  runner('POST /api/leases', { body: { ...aRunner(over), wait_ms: waitMs } });
const reply = (id: string, over: Partial<Explanation> = {}) =>
  runner('PUT /api/questions/{id}/answer', {
    params: { id },
    body: { performers: [], performers_total: 0, attempts: [], summary: 'Nobody fits.', ...over },
  });

describe('a question', () => {
  it('wakes a runner that waits for work', async () => {
    const polled = poll(limits.longPollMaxMs);
    await expect.poll(app.sleepers, { interval: 1 }).toBe(1);
    const { id, status } = await ask('  Ada Example ');
    expect(status).toBe('waiting');
    expect(await polled).toEqual({
      lease: null,
      question: { id, about: 'Ada Example', may_see_exclusions: false },
    });
  });

  it('comes beside a lease, and to a runner with full hands', async () => {
    const { id } = await ask('Ada');
    await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
    expect(await poll()).toMatchObject({ lease: { task_id: '1.stashdb' }, question: { id } });
    const other = await ask('Bea');
    expect(await poll(0, { free_slots: 0 })).toEqual({
      lease: null,
      question: { id: other.id, about: 'Bea', may_see_exclusions: false },
    });
  });

  it('says whether who asks may know of exclusions', async () => {
    const asked = [];
    for (const scope of ['read', 'trigger', 'admin'] as const) {
      await app.as(scope)('POST /api/questions', { body: { about: scope } });
      asked.push((await poll()).question);
    }
    expect(asked.map((question) => [question?.about, question?.may_see_exclusions])).toEqual([
      ['read', false],
      ['trigger', false],
      ['admin', true],
    ]);
  });

  it('goes to one runner, and to the next when that one is silent', async () => {
    const { id } = await ask('Ada');
    expect((await poll()).question?.id).toBe(id);
    expect((await poll(0, { runner_id: 'runner-2' })).question).toBeNull();
    app.clock.advance(limits.questionHandedAgainMs);
    expect((await poll(0, { runner_id: 'runner-2' })).question?.id).toBe(id);
  });

  it('is answered once; a later answer changes nothing', async () => {
    const { id } = await ask('Ada');
    const performers = [
      {
        name: 'Ada Example',
        ids: ['stashdb.org:1'],
        links: [
          { to: 'fansdb.cc:2', source: 'fansdb', url: null, rule: 'both give the same profile', at: null },
        ],
        faces: [],
      },
    ];
    await reply(id, { performers, performers_total: 1, summary: 'Found.' });
    await reply(id);
    expect(await read(id)).toMatchObject({
      status: 'answered',
      answer: { summary: 'Found.', performers },
      forgotten_at: new Date(app.clock.now() + limits.questionKeptMs).toISOString(),
    });
    app.clock.advance(limits.questionHandedAgainMs);
    expect((await poll()).question).toBeNull();
  });

  it('expires without an answer, and a later answer is ignored', async () => {
    const { id } = await ask('Ada');
    app.clock.advance(limits.questionWaitsMs);
    expect((await poll()).question).toBeNull();
    await reply(id);
    expect(await read(id)).toMatchObject({ status: 'expired', about: 'Ada' });
  });

  it('is gone with its answer after minutes, whether anybody sweeps or not', async () => {
    const { id } = await ask('Ada');
    await reply(id, { summary: 'Found Ada.' });
    app.clock.advance(limits.questionKeptMs);
    await expect(read(id)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('are kept for 10 minutes. Ask again.'),
    });
    await expect(reply(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await app.keepHouse('Forgetting questions')).toBe(1);
    const { rows } = await app.deps.db.$client.execute('SELECT * FROM questions');
    expect(rows).toEqual([]);
  });

  it('is refused while many wait, until some are answered', async () => {
    const asked = [];
    for (let each = 0; each < limits.questionsWaiting; each += 1) asked.push(await ask(`Ada ${each}`));
    await expect(ask('one more')).rejects.toMatchObject({
      status: 429,
      code: 'too_many_questions',
      retryAfterMs: limits.questionWaitsMs,
      message: expect.stringContaining('check that a runner is online'),
    });
    await reply(asked[0]?.id ?? '');
    expect((await ask('one more')).status).toBe('waiting');
  });

  it('says whom it is about; names and answers stay out of every log', async () => {
    await expect(ask('   ')).rejects.toMatchObject({
      errors: [{ field: 'about', message: 'say whom: an id or a name' }],
    });
    const { id } = await ask('Ada Example');
    await reply(id, { summary: 'Found Ada.' });
    expect(JSON.stringify([await app.recorded(), await app.logged()])).not.toContain('Ada');
  });

  it('takes an answer of bounded size', async () => {
    const { id } = await ask('Ada');
    const face = { page_url: null, at: null, rule: 'x'.repeat(300), distance: null, source: 'stashdb' };
    const faces = Array.from({ length: 500 }, (_, index) => ({
      ...face,
      image_url: `https://example.org/${index}/${'y'.repeat(900)}`,
    }));
    const performers = [{ name: 'Ada', ids: [], links: [], faces }];
    await expect(reply(id, { performers, performers_total: 1 })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('is too long: leave some out'),
    });
  });
});
