import type { RequestOf } from '@trainer/contract/routes';
import { finish, progressOf, take } from './a-runner.ts';
import { announceVersion, uploadMissing } from './announce-version.ts';
import type { TestApp } from './create-test-app.ts';

type Completion = RequestOf<'POST /api/leases/{task}/complete'>['body'];

/** Asks for a run of StashDB and Boobpedia; answers with its id. */
export async function beginRun(app: TestApp): Promise<number> {
  const body = { sources: ['stashdb' as const, 'boobpedia' as const] };
  return (await app.as('trigger')('POST /api/build/start', { body })).run_id;
}

/** Completes the task that is next. */
export async function completeNext(app: TestApp, completion: Partial<Completion> = {}): Promise<void> {
  const runner = app.as('runner');
  const { task_id: task, fence } = await take(runner);
  const body = { fence, outcome: 'done' as const, progress: progressOf(), ...completion };
  await runner('POST /api/leases/{task}/complete', { params: { task }, body });
}

/** Begins a run and completes all but its publish task. */
export async function runToPublish(app: TestApp): Promise<void> {
  await beginRun(app);
  await completeNext(app);
  await completeNext(app);
}

/** Uploads and publishes a version under the publish task that is next, and completes it. */
export async function publishNext(app: TestApp, version: string): Promise<void> {
  const runner = app.as('runner');
  const lease = await take(runner);
  const held = { taskId: lease.task_id, fence: lease.fence };
  await uploadMissing(runner, announceVersion(version), held);
  await runner('POST /api/leases/{task}/version/publish', {
    params: { task: lease.task_id },
    body: { fence: lease.fence },
  });
  await finish(runner, lease);
}
