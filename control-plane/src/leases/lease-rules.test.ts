import type { Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { Progress } from '@trainer/contract/progress';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, finish, progressOf, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

let app: TestApp;
let runner: Call;
beforeEach(async () => {
  app = await createTestApp();
  runner = app.as('runner');
  await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
});
afterEach(() => app.close());

const task = async () => {
  const [first] = (await app.as('read')('GET /api/runs/{id}', { params: { id: 1 } })).tasks;
  if (!first) throw new Error('The run has no task');
  return first;
};
const beat = ({ task_id, fence }: Pick<Lease, 'task_id' | 'fence'>, over?: Partial<Progress>) =>
  runner('POST /api/leases/{task}/heartbeat', {
    params: { task: task_id },
    body: { fence, progress: over && progressOf(over) },
  });
const complete = (
  { task_id, fence }: Pick<Lease, 'task_id' | 'fence'>,
  outcome: 'done' | 'failed' | 'skipped',
  reason: string | null = null,
) =>
  runner('POST /api/leases/{task}/complete', {
    params: { task: task_id },
    body: { fence, outcome, reason, progress: progressOf() },
  });
const release = ({ task_id, fence }: Pick<Lease, 'task_id' | 'fence'>) =>
  runner('POST /api/leases/{task}/release', {
    params: { task: task_id },
    body: { fence, reason: 'restarting' },
  });

describe('a lease', () => {
  it('says everything that the runner needs', async () => {
    const run = await app.as('read')('GET /api/runs/{id}', { params: { id: 1 } });
    expect(await take(runner)).toMatchObject({
      task_id: '1.stashdb',
      run_id: 1,
      run_created_at: run.created_at,
      kind: 'ingest',
      source: 'stashdb',
      fence: 1,
      attempt: 1,
      expires_at: new Date(app.clock.now() + limits.firstHeartbeatMs).toISOString(),
      next_log_seq: 1,
      config_revision: 0,
      requested_by: 'test trigger',
      latest_version: null,
    });
    expect(await task()).toMatchObject({ status: 'leased', runner: 'Attic', actor: 'Attic' });
  });

  it('lives on with every heartbeat, and says what the run wants', async () => {
    const lease = await take(runner);
    for (let round = 0; round < 3; round += 1) {
      app.clock.advance(round === 0 ? limits.firstHeartbeatMs - 1 : limits.leaseTtlMs - 1);
      expect(await beat(lease)).toEqual({
        want: 'continue',
        expires_at: new Date(app.clock.now() + limits.leaseTtlMs).toISOString(),
      });
    }
  });

  it('is lost without a first heartbeat, to the next runner that polls', async () => {
    const lease = await take(runner);
    app.clock.advance(limits.firstHeartbeatMs);
    await expect(beat(lease)).rejects.toMatchObject({ status: 409, code: 'lease_lost' });
    expect(await take(runner, { runner_id: 'runner-2' })).toMatchObject({ fence: 2, attempt: 2 });
  });

  it('carries the progress to the next grant', async () => {
    const lease = await take(runner);
    await beat(lease, { performers_processed: 7, performers_total: 9 });
    app.clock.advance(limits.leaseTtlMs);
    expect((await take(runner)).progress).toMatchObject({ performers_processed: 7, performers_total: 9 });
  });

  it('can be handed back, and is ready at once', async () => {
    const lease = await take(runner);
    await release(lease);
    await release(lease);
    expect(await task()).toMatchObject({
      status: 'ready',
      reason: 'handed back: restarting',
      actor: 'Attic',
    });
    expect((await take(runner)).fence).toBe(2);
  });

  it('ends once, however often that is said', async () => {
    const lease = await take(runner);
    await complete(lease, 'failed', 'the key was refused');
    await complete(lease, 'failed', 'the key was refused');
    expect(await task()).toMatchObject({ status: 'failed', reason: 'the key was refused', actor: 'Attic' });
    await expect(complete(lease, 'done')).rejects.toMatchObject({ code: 'lease_lost' });
    expect((await task()).status).toBe('failed');
  });
});

describe('an old fencing number', () => {
  it.each([
    ['heartbeat', (old: Lease) => beat(old, { performers_processed: 99 })],
    ['completion', (old: Lease) => complete(old, 'done')],
    ['release', (old: Lease) => release(old)],
  ])('changes nothing by %s', async (_, call) => {
    const old = await take(runner);
    app.clock.advance(limits.firstHeartbeatMs);
    const now = await take(runner);
    await beat(now, { performers_processed: 3 });
    const before = await task();
    await expect(call(old)).rejects.toMatchObject({
      code: 'lease_lost',
      message:
        'Task 1.stashdb is not leased under fencing number 1 (it is leased, at 2). Drop it and ask for work again.',
    });
    expect(await task()).toEqual(before);
    expect((await beat(now)).want).toBe('continue');
  });

  it('of a task that never was is not found', async () => {
    await expect(beat({ task_id: '9.stashdb', fence: 1 })).rejects.toMatchObject({
      status: 404,
      message: 'There is no task 9.stashdb.',
    });
  });
});

describe('a report that cannot be true', () => {
  it.each<[string, Partial<Progress>, string]>([
    [
      'more processed than there are',
      { performers_processed: 5, performers_total: 4 },
      'is 5 of performers_total 4',
    ],
    ['more unchanged than processed', { performers_unchanged: 1 }, 'performers_unchanged is 1 of 0'],
    ['more done than there is', { activity: { label: 'x', done: 3, total: 2 } }, 'activity is 3 of 2'],
  ])('%s is refused with its likely cause', async (_, progress, sentence) => {
    const lease = await take(runner);
    await expect(beat(lease, progress)).rejects.toMatchObject({
      status: 409,
      code: 'impossible_report',
      message: expect.stringContaining(sentence),
    });
    expect((await task()).progress.performers_processed).toBe(0);
  });

  it('counters that fall under one lease are refused, repeated ones and those of the next lease are not', async () => {
    const lease = await take(runner);
    await beat(lease, { performers_processed: 8 });
    await beat(lease, { performers_processed: 8 });
    await expect(beat(lease, { performers_processed: 7 })).rejects.toMatchObject({
      code: 'impossible_report',
      message: expect.stringContaining('fell from 8 to 7 under one lease'),
    });
    app.clock.advance(limits.leaseTtlMs);
    await beat(await take(runner), { performers_processed: 6 });
    expect((await task()).progress.performers_processed).toBe(6);
  });

  it.each(['failed', 'skipped'] as const)('%s without a reason is refused', async (outcome) => {
    const lease = await take(runner);
    await expect(complete(lease, outcome, ' ')).rejects.toMatchObject({ code: 'impossible_report' });
    expect((await task()).status).toBe('leased');
  });

  it('publishing done without a version is refused', async () => {
    await finish(runner, await take(runner));
    const publish = await take(runner);
    await expect(complete(publish, 'done')).rejects.toMatchObject({
      code: 'impossible_report',
      message: expect.stringContaining('no version was published'),
    });
    expect(await ask(runner)).toBeNull();
  });
});
