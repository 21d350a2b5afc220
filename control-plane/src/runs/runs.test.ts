import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import { shippedIds } from '@trainer/contract/shipped-sources';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, finish, progressOf, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { publishFor } from '../../testing/publish-for.ts';

let app: TestApp;
let owner: Call;
let runner: Call;
beforeEach(async () => {
  app = await createTestApp();
  owner = app.as('trigger');
  runner = app.as('runner');
});
afterEach(() => app.close());

const start = (body: object = {}) =>
  owner('POST /api/build/start', { body: { sources: ['stashdb'], ...body } });
const run = (id: number) => owner('GET /api/runs/{id}', { params: { id } });
const statuses = async (id: number) =>
  Object.fromEntries((await run(id)).tasks.map((task) => [task.id, task.status]));

/** Works through a run with one source to a published version. */
async function build(version: string, performers: number, faces: number): Promise<number> {
  const { run_id: id } = await start();
  await finish(runner, await take(runner));
  const lease = await take(runner);
  await publishFor(app, lease, { version, performers, faces });
  await finish(runner, lease);
  return id;
}

describe('a run', () => {
  it('works its sources side by side, and publishes a version when all are over', async () => {
    const { run_id: id, status } = await start({ sources: ['iafd', 'stashdb', 'folder'] });
    expect(status).toBe('started');
    expect(await statuses(id)).toEqual({
      '1.stashdb': 'ready',
      '1.folder': 'ready',
      '1.iafd': 'ready',
      '1.publish': 'waiting',
    });
    await finish(runner, await take(runner));
    await finish(runner, await take(runner));
    expect((await statuses(id))['1.publish']).toBe('waiting');
    await finish(runner, await take(runner));
    expect((await statuses(id))['1.publish']).toBe('ready');
    const publish = await take(runner);
    await publishFor(app, publish, { version: '2026.01.01', performers: 3, faces: 9 });
    await finish(runner, publish);
    expect(await run(id)).toMatchObject({
      status: 'completed',
      version: '2026.01.01',
      performers: 3,
      faces: 9,
      actor: 'control plane',
    });
  });

  it('asked for again with the same request id is the one that there is', async () => {
    const first = await start({ request_id: 'r-1' });
    expect(await start({ request_id: 'r-1' })).toEqual(first);
    const second = await start({ request_id: 'r-2', queue: true });
    expect(second).toEqual({ status: 'queued', run_id: first.run_id + 1 });
    expect(await start({ request_id: 'r-2', queue: true })).toEqual(second);
    await expect(start({ request_id: 'r-3' })).rejects.toMatchObject({ code: 'run_active' });
    expect(await owner('GET /api/runs', { query: {} })).toHaveLength(2);
    await owner('POST /api/build/stop', { body: { run_id: first.run_id } });
    expect(await start({ request_id: 'r-1' })).toEqual(first);
    expect((await start({ request_id: 'r-4', queue: true })).run_id).toBe(second.run_id + 1);
  });

  it('is one run when the same is asked for several times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => start({ request_id: 'r-1', queue: true })),
    );
    expect(new Set(answers.map(({ run_id: id }) => id)).size).toBe(1);
    expect(await owner('GET /api/runs', { query: {} })).toHaveLength(1);
  });

  it('takes sources, caps and pack from the configuration where the request is silent', async () => {
    await owner('POST /api/build/start', { body: {} });
    const { params, requested_by: requestedBy } = await run(1);
    expect(params).toMatchObject({
      sources: ['stashdb', 'theporndb'],
      enable_faces: true,
      max_faces_per_source: 5,
      max_faces_total: 12,
      reference_mode: 'url',
      model_pack: 'stash-sense',
    });
    expect(requestedBy).toBe('test trigger');
  });

  it('keeps the configuration that it was asked for with', async () => {
    await start();
    await app.as('admin')('PUT /api/config', {
      headers: { 'if-match': '"0"' },
      body: { faces: { min_face_px: 99 } },
    });
    const lease = await take(runner);
    expect(lease.config.faces.min_face_px).toBe(80);
    expect(lease.config_revision).toBe(0);
  });

  it('is published although one source failed', async () => {
    await start({ sources: ['stashdb', 'folder'] });
    const { task_id: task, fence } = await take(runner);
    await runner('POST /api/leases/{task}/complete', {
      params: { task },
      body: { fence, outcome: 'failed', reason: 'the API key was refused', progress: progressOf() },
    });
    await finish(runner, await take(runner));
    expect(await statuses(1)).toMatchObject({ '1.stashdb': 'failed', '1.publish': 'ready' });
  });

  it('fails, with every reason, when no source succeeded', async () => {
    await start({ sources: ['stashdb', 'iafd'] });
    for (const [outcome, reason] of [
      ['skipped', 'STASHDB_API_KEY is not set'],
      ['failed', 'the site says no'],
    ] as const) {
      const { task_id: task, fence } = await take(runner);
      await runner('POST /api/leases/{task}/complete', {
        params: { task },
        body: { fence, outcome, reason, progress: progressOf() },
      });
    }
    const { status, reason, tasks } = await run(1);
    expect(status).toBe('failed');
    expect(reason).toBe(
      'No source succeeded: 1.stashdb skipped (STASHDB_API_KEY is not set); 1.iafd failed (the site says no)',
    );
    expect(tasks.at(-1)).toMatchObject({ status: 'skipped', reason: 'no source succeeded' });
  });

  it('fails when publishing does', async () => {
    await start();
    await finish(runner, await take(runner));
    const { task_id: task, fence } = await take(runner);
    await runner('POST /api/leases/{task}/complete', {
      params: { task },
      body: { fence, outcome: 'failed', reason: 'the disk is full', progress: progressOf() },
    });
    expect(await run(1)).toMatchObject({
      status: 'failed',
      reason: 'Publishing failed: the disk is full',
    });
  });

  it('is compared with the published run before it', async () => {
    await build('2026.01.01', 10, 50);
    expect((await run(1)).diff).toBeNull();
    await start();
    await owner('POST /api/build/stop', { body: {} });
    await build('2026.01.02', 12, 45);
    expect((await run(2)).diff).toBeNull();
    expect((await run(3)).diff).toEqual({ against: 1, performers_delta: 2, faces_delta: -5 });
    expect((await owner('GET /api/runs', { query: { limit: 2 } })).map(({ id }) => id)).toEqual([3, 2]);
  });
});

describe('a run of every source', () => {
  it('goes through them all', async () => {
    await start({ sources: [...shippedIds] });
    for (const source of shippedIds) {
      const lease = await take(runner);
      expect(shippedIds).toContain(lease.source);
      await finish(runner, lease);
      expect((await run(1)).tasks.find((task) => task.source === source)).toBeDefined();
    }
    const publish = await take(runner);
    await publishFor(app, publish, { version: '2026.01.01', performers: 3, faces: 9 });
    await finish(runner, publish);
    expect((await run(1)).tasks.map(({ status }) => status)).toEqual(
      Array.from({ length: shippedIds.length + 1 }, () => 'done'),
    );
    expect((await run(1)).status).toBe('completed');
  });

  it('gives way to the next of every source, also when its runner has fallen silent', async () => {
    await start({ sources: [...shippedIds] });
    await start({ sources: [...shippedIds], queue: true });
    await take(runner);
    await owner('POST /api/build/stop', { body: {} });
    app.clock.advance(limits.stopGraceMs);
    expect((await run(1)).status).toBe('cancelled');
    expect((await run(2)).status).toBe('running');
    expect((await take(runner)).run_id).toBe(2);
  });
});

describe('starting', () => {
  it('is refused while a run is active, and says which', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      status: 409,
      code: 'run_active',
      message: expect.stringContaining('Run 1 is running'),
    });
  });

  it('waits in line when asked to, and begins when its turn comes', async () => {
    await start();
    expect(await start({ queue: true })).toEqual({ status: 'queued', run_id: 2 });
    expect(await start({ queue: true })).toEqual({ status: 'queued', run_id: 3 });
    expect(await statuses(2)).toEqual({ '2.stashdb': 'waiting', '2.publish': 'waiting' });
    await owner('POST /api/build/stop', { body: {} });
    expect((await run(1)).status).toBe('cancelled');
    expect((await run(2)).status).toBe('running');
    expect((await run(3)).status).toBe('queued');
    expect((await take(runner)).task_id).toBe('2.stashdb');
  });

  it('can be taken out of the line before its turn comes', async () => {
    await start();
    await start({ queue: true });
    await owner('POST /api/build/stop', { body: { run_id: 2, reason: 'a slip' } });
    expect(await run(2)).toMatchObject({ status: 'cancelled', reason: 'a slip', actor: expect.any(String) });
    expect(await statuses(2)).toEqual({ '2.stashdb': 'skipped', '2.publish': 'skipped' });
    expect((await run(1)).status).toBe('running');
    await expect(owner('POST /api/build/stop', { body: { run_id: 2 } })).rejects.toMatchObject({
      code: 'nothing_running',
      message: 'Run 2 is neither queued nor active, so there is nothing to stop.',
    });
  });

  it('lets one of many through that start at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => start()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await owner('GET /api/runs', { query: {} })).toHaveLength(1);
  });

  it.each([
    [{ sources: ['stashdb', 'nowhere'] }, 'sources.1'],
    [{ sources: [] }, 'sources'],
    [{ sources: 'stashdb' }, 'sources'],
    [{ max_faces_total: 'many' }, 'max_faces_total'],
    [{ reference_mode: 'guess' }, 'reference_mode'],
    [{ speed: 9 }, 'speed'],
  ])('refuses %j and names the field', async (body, field) => {
    const response = await app.request('/api/build/start', {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.trigger}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_request',
      errors: [expect.objectContaining({ field })],
    });
    expect(await owner('GET /api/runs', { query: {} })).toEqual([]);
  });
});

describe('stopping', () => {
  it('is refused when nothing runs', async () => {
    await expect(owner('POST /api/build/stop', { body: {} })).rejects.toMatchObject({
      status: 400,
      code: 'nothing_running',
    });
  });

  it('skips what has not begun, and waits for the lease in hand', async () => {
    await start({ sources: ['stashdb', 'folder'] });
    const lease = await take(runner);
    await owner('POST /api/build/stop', { body: { reason: 'the disk is nearly full' } });
    expect(await statuses(1)).toEqual({
      '1.stashdb': 'leased',
      '1.folder': 'skipped',
      '1.publish': 'skipped',
    });
    expect(await ask(runner)).toBeNull();
    const beat = await runner('POST /api/leases/{task}/heartbeat', {
      params: { task: lease.task_id },
      body: { fence: lease.fence },
    });
    expect(beat.want).toBe('stop');
    await runner('POST /api/leases/{task}/complete', {
      params: { task: lease.task_id },
      body: { fence: lease.fence, outcome: 'skipped', reason: 'the run was stopped', progress: progressOf() },
    });
    expect(await run(1)).toMatchObject({
      status: 'cancelled',
      reason: 'the disk is nearly full',
      actor: 'test trigger',
    });
  });

  it('may be asked for twice', async () => {
    await start();
    await take(runner);
    await owner('POST /api/build/stop', { body: { reason: 'first' } });
    await owner('POST /api/build/stop', { body: { reason: 'second' } });
    expect(await run(1)).toMatchObject({ status: 'stopping', reason: 'first' });
  });
});

describe('the status', () => {
  it('needs no token and gives counts only', async () => {
    const idle = await (await app.request('/api/status')).json();
    expect(idle).toMatchObject({ running: false, run_id: null, by_source: {} });
    await start({ sources: ['stashdb', 'folder'] });
    const { task_id: task, fence } = await take(runner);
    const progress = progressOf({
      performers_processed: 4,
      performers_total: 10,
      faces_added: 7,
      errors: 1,
    });
    await runner('POST /api/leases/{task}/heartbeat', { params: { task }, body: { fence, progress } });
    expect(await (await app.request('/api/status')).json()).toEqual({
      running: true,
      run_id: 1,
      run_status: 'running',
      current_source: 'stashdb',
      performers_processed: 4,
      performers_total: 10,
      faces_added: 7,
      errors: 1,
      by_source: {
        stashdb: {
          status: 'leased',
          performers_processed: 4,
          performers_total: 10,
          faces_added: 7,
          errors: 1,
        },
        folder: {
          status: 'ready',
          performers_processed: 0,
          performers_total: null,
          faces_added: 0,
          errors: 0,
        },
      },
    });
  });
});
