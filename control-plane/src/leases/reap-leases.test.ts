import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { progressOf, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { runs, tasks } from '../db/schema/runs.ts';

let app: TestApp;
let runner: Call;
let owner: Call;
beforeEach(async () => {
  app = await createTestApp();
  runner = app.as('runner');
  owner = app.as('trigger');
  await owner('POST /api/build/start', { body: { sources: ['stashdb', 'folder'] } });
});
afterEach(() => app.close());

const run = (id = 1) => owner('GET /api/runs/{id}', { params: { id } });
const beat = (task: string, fence: number, processed = 0) =>
  runner('POST /api/leases/{task}/heartbeat', {
    params: { task },
    body: { fence, progress: progressOf({ performers_processed: processed }) },
  });

describe('a lease that lapsed', () => {
  it('is shown as ready with the silent runner as the reason by the next read', async () => {
    await take(runner);
    app.clock.advance(limits.firstHeartbeatMs);
    expect((await run()).tasks[0]).toMatchObject({
      status: 'ready',
      reason: 'Attic stopped sending heartbeats',
      actor: 'control plane',
      lease_expires_at: null,
    });
    expect((await app.recorded()).at(-1)).toMatchObject({
      level: 'warn',
      message: 'Task 1.stashdb ready: Attic stopped sending heartbeats',
    });
  });

  it('over and over without progress fails its task, and the run goes on without it', async () => {
    for (let lapse = 0; lapse < limits.maxAttempts; lapse += 1) {
      expect((await take(runner)).task_id).toBe('1.stashdb');
      app.clock.advance(limits.leaseTtlMs);
    }
    expect((await take(runner)).task_id).toBe('1.folder');
    expect((await run()).tasks[0]).toMatchObject({
      status: 'failed',
      reason: `Attic stopped sending heartbeats, ${limits.maxAttempts} leases in a row without progress`,
    });
  });

  it('is forgiven when there was progress', async () => {
    for (let lapse = 1; lapse <= 2 * limits.maxAttempts; lapse += 1) {
      const { task_id: task, fence } = await take(runner);
      expect(task).toBe('1.stashdb');
      await beat(task, fence, lapse);
      app.clock.advance(limits.leaseTtlMs);
    }
  });
});

describe('a stop', () => {
  it('ends when the runner falls silent', async () => {
    await take(runner);
    await owner('POST /api/build/stop', { body: {} });
    expect((await run()).status).toBe('stopping');
    app.clock.advance(limits.firstHeartbeatMs);
    const { status, tasks } = await run();
    expect(status).toBe('cancelled');
    expect(tasks[0]).toMatchObject({
      status: 'skipped',
      reason: 'the run was stopped, and its runner stopped sending heartbeats',
    });
  });

  it('ends in bounded time although the runner goes on beating', async () => {
    const { task_id: task, fence } = await take(runner);
    await owner('POST /api/build/stop', { body: {} });
    const betweenBeatsMs = limits.leaseTtlMs / 3;
    for (let waited = 0; waited < limits.stopGraceMs; waited += betweenBeatsMs) {
      expect((await run()).status).toBe('stopping');
      expect((await beat(task, fence)).want).toBe('stop');
      app.clock.advance(betweenBeatsMs);
    }
    const { status, tasks } = await run();
    expect(status).toBe('cancelled');
    expect(tasks[0]?.reason).toBe('the run was stopped, and its runner did not end within 30 s');
    await expect(beat(task, fence)).rejects.toMatchObject({ code: 'lease_lost' });
  });
});

describe('what a process left half done when it died', () => {
  it('a run without tasks gets them', async () => {
    await app.deps.db.delete(tasks);
    await app.keepHouse('Looking after leases');
    expect((await run()).tasks.map(({ status }) => status)).toEqual(['ready', 'ready', 'waiting']);
  });

  it('a stage that is over is followed by the next', async () => {
    await app.deps.db.update(tasks).set({ status: 'done' }).where(eq(tasks.kind, 'ingest'));
    await app.keepHouse('Looking after leases');
    expect((await run()).tasks.at(-1)?.status).toBe('ready');
  });

  it('a queued run begins after an end whose process crashed', async () => {
    await owner('POST /api/build/start', { body: { sources: ['folder'], queue: true } });
    await app.deps.db.update(runs).set({ status: 'failed', finishedAt: 0 }).where(eq(runs.id, 1));
    await app.keepHouse('Looking after leases');
    expect((await run(2)).status).toBe('running');
  });
});
