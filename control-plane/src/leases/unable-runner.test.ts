import { limits } from '@trainer/contract/limits';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
  await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
});
afterEach(() => app.close());

const release = (task: string, fence: number, unable: boolean) =>
  app.as('runner')('POST /api/leases/{task}/release', {
    params: { task },
    body: { fence, reason: 'this runner cannot read it', unable },
  });
const taskOfRun = async () => {
  const { tasks } = await app.as('read')('GET /api/runs/{id}', { params: { id: 1 } });
  return tasks.find(({ kind }) => kind === 'ingest');
};

it('hands a task back a few times, and then the task fails with its reason', async () => {
  for (let times = 1; times < limits.maxUnable; times += 1) {
    const { task_id, fence } = await take(app.as('runner'));
    await release(task_id, fence, true);
    // The answer was lost, and the call is repeated.
    await release(task_id, fence, true);
    expect(await taskOfRun()).toMatchObject({ status: 'ready' });
  }
  const { task_id, fence } = await take(app.as('runner'));
  await release(task_id, fence, true);
  await release(task_id, fence, true);
  expect(await taskOfRun()).toMatchObject({
    status: 'failed',
    reason: 'no runner can do it: this runner cannot read it',
  });
});

it('hands back as often as it likes what it is able to do', async () => {
  for (let times = 0; times <= limits.maxUnable; times += 1) {
    const { task_id, fence } = await take(app.as('runner'));
    await release(task_id, fence, false);
  }
  expect(await taskOfRun()).toMatchObject({ status: 'ready' });
});

it('is handed only tasks of the kinds that it works', async () => {
  expect(await ask(app.as('runner'), { kinds: ['enrich', 'publish', 'kind-of-a-later-release'] })).toBeNull();
  expect(await ask(app.as('runner'), { kinds: [] })).toBeNull();
  expect(await taskOfRun()).toMatchObject({ status: 'ready', attempts: 0 });
  expect(await ask(app.as('runner'), { kinds: ['ingest'] })).toMatchObject({ kind: 'ingest' });
});
