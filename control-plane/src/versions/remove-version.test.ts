import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveConfig } from '../config/save-config.ts';
import { diskObjects } from '../edge/node/disk-objects.ts';
import { announceVersion, uploadMissing } from '../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../testing/create-test-app.ts';
import { seedTask } from '../testing/seed-task.ts';
import { pruneVersions } from './prune-versions.ts';

const HOUR_MS = 60 * 60 * 1000;

let folder = '';
let app: TestApp;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'remove-version-'));
  app = await createTestApp({ objects: diskObjects(folder) });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function publish(version: string, parent: string | null = null) {
  const { taskId, fence } = await seedTask(app.deps, { kind: 'publish' });
  await uploadMissing(app.as('runner'), announceVersion(version, { parent }), { taskId, fence });
  await app.as('runner')('POST /api/leases/{task}/version/publish', {
    params: { task: taskId },
    body: { fence },
  });
}

const numbers = async () => (await app.as('read')('GET /api/versions')).map(({ version }) => version);

describe('removing versions', () => {
  it('takes a version and its files away, and never gives its number again', async () => {
    await publish('2026.11.20');
    await publish('2026.11.20.1');
    await app.as('admin')('DELETE /api/versions/{version}', { params: { version: '2026.11.20' } });
    expect(await numbers()).toEqual(['2026.11.20.1']);
    expect(await readdir(folder)).toEqual(['2026.11.20.1-2']);
    expect(app.recorded.at(-1)?.message).toBe('Version 2026.11.20 was removed by test admin');
    await expect(publish('2026.11.20')).rejects.toMatchObject({ code: 'version_exists' });
  });

  it('is for administrators, and for versions that exist', async () => {
    await publish('2026.11.20');
    const params = { version: '2026.11.20' };
    await expect(app.as('runner')('DELETE /api/versions/{version}', { params })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      app.as('admin')('DELETE /api/versions/{version}', { params: { version: '2026.11.21' } }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await numbers()).toEqual(['2026.11.20']);
  });

  it('hides a version at once and deletes its files later, when the store cannot be reached', async () => {
    await publish('2026.11.20');
    const { objects } = app.deps;
    app.deps.objects = { ...objects, delete: () => Promise.reject(new Error('the disk is away')) };
    await expect(
      app.as('admin')('DELETE /api/versions/{version}', { params: { version: '2026.11.20' } }),
    ).rejects.toMatchObject({ code: 'internal' });
    expect(await numbers()).toEqual([]);
    app.deps.objects = objects;
    await pruneVersions(app.deps);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('version retention', () => {
  it('keeps the newest by number, whatever they name as parent', async () => {
    await saveConfig(app.deps, { input: { retention: { versions: 2 } }, actor: 'test', ifMatch: '"0"' });
    await publish('2026.11.21');
    await publish('2026.11.20.1');
    await publish('2026.11.20');
    await publish('2026.11.22', '2026.11.20');
    expect(await pruneVersions(app.deps)).toEqual(['2026.11.20.1', '2026.11.20']);
    expect(await numbers()).toEqual(['2026.11.22', '2026.11.21']);
    expect(await readdir(folder)).toHaveLength(2);
    expect(await pruneVersions(app.deps)).toEqual([]);
  });

  it('keeps everything when it is set to 0', async () => {
    await saveConfig(app.deps, { input: { retention: { versions: 0 } }, actor: 'test', ifMatch: '"0"' });
    for (let day = 10; day < 22; day++) await publish(`2026.11.${day}`);
    expect(await pruneVersions(app.deps)).toEqual([]);
    expect(await numbers()).toHaveLength(12);
  });

  it('gives up an upload for which nothing has come for a day', async () => {
    const lease = await seedTask(app.deps, { kind: 'publish' });
    const made = announceVersion('2026.11.20');
    await uploadMissing(app.as('runner'), made, lease);
    app.clock.advance(23 * HOUR_MS);
    await pruneVersions(app.deps);
    expect(await readdir(folder)).toEqual(['2026.11.20-1']);
    app.clock.advance(2 * HOUR_MS);
    await pruneVersions(app.deps);
    expect(await readdir(folder)).toEqual([]);
  });
});
