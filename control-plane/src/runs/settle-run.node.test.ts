import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { take } from '../../testing/a-runner.ts';
import { beginRun } from '../../testing/carry-run.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { settleRun } from './settle-run.ts';

// In this process, where a test can come in between two statements.

let app: NodeApp;
beforeEach(async () => {
  app = await createNodeApp();
});
afterEach(() => app.close());

it('does not end a run whose task is leased, and which is stopped, while it is looked at', async () => {
  const id = await beginRun(app);
  const client = app.deps.db.$client;
  const execute = client.execute.bind(client);
  vi.spyOn(client, 'execute').mockImplementationOnce(async (...args: Parameters<typeof execute>) => {
    await take(app.as('runner'));
    await app.as('trigger')('POST /api/build/stop', { body: {} });
    return execute(...args);
  });
  await settleRun(app.deps, id);
  const run = await app.as('read')('GET /api/runs/{id}', { params: { id } });
  expect(run.status).toBe('stopping');
  expect(run.tasks.map(({ status }) => status)).toEqual(['leased', 'skipped', 'skipped']);
});
