import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceVersion, uploadMissing } from '../../testing/announce-version.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { seedTask } from '../../testing/seed-task.ts';
import { pruneVersions } from './remove-version.ts';

// R2 shows nobody what is being uploaded, and is never away in tests.

const HOUR_MS = 60 * 60 * 1000;

let app: NodeApp;
beforeEach(async () => {
  app = await createNodeApp();
});
afterEach(() => app.close());

const numbers = async () => (await app.as('read')('GET /api/versions')).map(({ version }) => version);

describe('removing versions', () => {
  it('hides a version at once and deletes its files later, when the store cannot be reached', async () => {
    const { taskId: task, fence } = await seedTask(app.deps, { kind: 'publish' });
    const made = announceVersion('2026.11.20');
    await uploadMissing(app.as('runner'), made, { taskId: task, fence });
    await app.as('runner')('POST /api/leases/{task}/version/publish', { params: { task }, body: { fence } });
    const { objects } = app.deps;
    app.deps.objects = { ...objects, delete: () => Promise.reject(new Error('the disk is away')) };
    await expect(
      app.as('admin')('DELETE /api/versions/{version}', { params: { version: '2026.11.20' } }),
    ).rejects.toMatchObject({ code: 'internal' });
    expect(await numbers()).toEqual([]);
    app.deps.objects = objects;
    await pruneVersions(app.deps);
    expect(await readdir(app.folder)).toEqual([]);
  });

  it('leaves nothing on disk of an upload for which nothing has come for a day', async () => {
    const lease = await seedTask(app.deps, { kind: 'publish' });
    const made = announceVersion('2026.11.20');
    await uploadMissing(app.as('runner'), made, lease);
    app.clock.advance(23 * HOUR_MS);
    await pruneVersions(app.deps);
    expect(await readdir(app.folder)).toEqual(['2026.11.20-1']);
    app.clock.advance(2 * HOUR_MS);
    await pruneVersions(app.deps);
    expect(await readdir(app.folder)).toEqual([]);
  });
});
