import type { Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, finish, progressOf, take, waitForWork } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

let app: TestApp;
let runner: Call;
beforeEach(async () => {
  app = await createTestApp();
  runner = app.as('runner');
});
afterEach(() => app.close());

const begin = (...sources: string[]) => app.as('trigger')('POST /api/build/start', { body: { sources } });
const handBack = ({ task_id: task, fence }: Lease, again_in_s?: number) =>
  runner('POST /api/leases/{task}/release', {
    params: { task },
    body: { fence, reason: 'waits for more performers', progress: progressOf(), again_in_s },
  });
const tasks = async () => (await app.as('read')('GET /api/runs/{id}', { params: { id: 1 } })).tasks;

describe('an enrich task whose run has an open ingest', () => {
  it('is told so by its lease, and not any more once the ingest is over', async () => {
    await begin('stashdb', 'iafd');
    const ingest = await take(runner);
    const enrich = await take(runner);
    expect([enrich.task_id, enrich.ingest_open]).toEqual(['1.iafd', true]);
    await handBack(enrich, 300);
    await finish(runner, ingest);
    expect(await take(runner)).toMatchObject({ task_id: '1.iafd', ingest_open: false });
  });

  it('is handed out again after the time that its release names, and not before', async () => {
    await begin('stashdb', 'iafd');
    const ingest = await take(runner);
    await handBack(await take(runner), 20);
    app.clock.advance(19_999);
    await runner('POST /api/leases/{task}/heartbeat', {
      params: { task: ingest.task_id },
      body: { fence: ingest.fence },
    });
    expect(await ask(runner)).toBeNull();
    app.clock.advance(1);
    expect(await take(runner)).toMatchObject({ task_id: '1.iafd', attempt: 2 });
  });

  it('is handed out at once after a release for any other reason', async () => {
    await begin('stashdb', 'iafd');
    await take(runner);
    await handBack(await take(runner));
    expect(await take(runner)).toMatchObject({ task_id: '1.iafd' });
  });

  it('comes after those that have not begun, so that nobody starves with few slots', async () => {
    await begin('stashdb', 'iafd', 'boobpedia');
    const ingest = await take(runner);
    const first = await take(runner);
    await handBack(first, 10);
    app.clock.advance(10_000);
    await runner('POST /api/leases/{task}/heartbeat', {
      params: { task: ingest.task_id },
      body: { fence: ingest.fence },
    });
    const second = await take(runner);
    expect(second.task_id).not.toBe(first.task_id);
    expect((await take(runner)).task_id).toBe(first.task_id);
  });

  it('wakes a runner that waits for work when the last ingest ends', async () => {
    await begin('stashdb', 'iafd');
    const ingest = await take(runner);
    await handBack(await take(runner), 3_600);
    const waiting = waitForWork(runner);
    await finish(runner, ingest);
    expect((await waiting).lease).toMatchObject({ task_id: '1.iafd', ingest_open: false });
  });

  it('may wait as often as it likes: that is no failure', async () => {
    await begin('stashdb', 'iafd');
    await take(runner);
    for (let round = 0; round < 25; round += 1) await handBack(await take(runner), 0);
    const [, enrich] = await tasks();
    expect(enrich).toMatchObject({ status: 'ready', attempts: 25 });
  });

  it('is skipped by a stop while it waits', async () => {
    await begin('stashdb', 'iafd');
    await take(runner);
    await handBack(await take(runner), 300);
    await app.as('trigger')('POST /api/build/stop', { body: {} });
    expect((await tasks()).map(({ status }) => status)).toEqual(['leased', 'skipped', 'skipped']);
  });
});

it('publishes when every source is over, whichever is the last', async () => {
  await begin('stashdb', 'iafd');
  const ingest = await take(runner);
  const enrich = await take(runner);
  await finish(runner, enrich);
  expect((await tasks()).at(-1)).toMatchObject({ id: '1.publish', status: 'waiting' });
  await finish(runner, ingest);
  expect(await take(runner)).toMatchObject({ task_id: '1.publish', kind: 'publish' });
});
