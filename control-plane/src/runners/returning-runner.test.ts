import { limits } from '@trainer/contract/limits';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, progressOf, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

async function appWithRun(): Promise<TestApp> {
  const app = await createTestApp();
  onTestFinished(app.close);
  await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb', 'fansdb'] } });
  return app;
}

describe('a runner that was killed and comes back', () => {
  it('gets its own task back at once when it says that it was started anew', async () => {
    const call = (await appWithRun()).as('runner');
    const before = await take(call, { instance_id: 'first' });
    const after = await take(call, { instance_id: 'second' });
    expect(after).toMatchObject({ task_id: before.task_id, fence: before.fence + 1, attempt: 2 });
    const beat = call('POST /api/leases/{task}/heartbeat', {
      params: { task: before.task_id },
      body: { fence: before.fence },
    });
    await expect(beat).rejects.toMatchObject({ code: 'lease_lost' });
  });

  it('keeps what it holds while it is the same instance, and leaves others theirs', async () => {
    const call = (await appWithRun()).as('runner');
    const first = await take(call, { instance_id: 'one' });
    const other = await take(call, { runner_id: 'runner-2', instance_id: 'two' });
    expect(other.task_id).not.toBe(first.task_id);
    expect(await ask(call, { instance_id: 'one' })).toBeNull();
    expect(await ask(call, { runner_id: 'runner-2', instance_id: 'three' })).toMatchObject({
      task_id: other.task_id,
    });
  });

  it('waits for the lease to lapse when it does not say so', async () => {
    const app = await appWithRun();
    const call = app.as('runner');
    await take(call, { free_slots: 1 });
    await take(call, { free_slots: 1 });
    expect(await ask(call)).toBeNull();
    app.clock.advance(limits.firstHeartbeatMs);
    expect(await ask(call)).not.toBeNull();
  });

  it('is not given a task for ever that kills it each time', async () => {
    const app = await appWithRun();
    const call = app.as('runner');
    const { task_id, run_id } = await take(call, { instance_id: 'start-0' });
    for (let start = 1; start < limits.maxAttempts; start += 1) {
      expect(await take(call, { instance_id: `start-${start}` })).toMatchObject({ task_id });
    }
    expect((await take(call, { instance_id: 'last' })).task_id).not.toBe(task_id);
    const run = await app.as('read')('GET /api/runs/{id}', { params: { id: run_id } });
    expect(run.tasks.find(({ id }) => id === task_id)).toMatchObject({ status: 'failed' });
  });

  it('may come back as often as it likes when it gets somewhere each time', async () => {
    const call = (await appWithRun()).as('runner');
    for (let start = 0; start <= limits.maxAttempts + 1; start += 1) {
      const { task_id: task, fence } = await take(call, { instance_id: `start-${start}` });
      await call('POST /api/leases/{task}/heartbeat', {
        params: { task },
        body: { fence, progress: progressOf({ performers_processed: start + 1 }) },
      });
      expect(task).toBe('1.stashdb');
    }
  });
});
