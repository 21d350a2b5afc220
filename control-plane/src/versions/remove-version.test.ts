import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceVersion, uploadMissing } from '../../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { seedTask } from '../../testing/seed-task.ts';
import { saveConfig } from '../config/save-config.ts';
import { artifacts, parts, versions } from '../db/schema/versions.ts';

const HOUR_MS = 60 * 60 * 1000;

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const prune = () => app.keepHouse('Pruning versions');
const filesOf = (version: string, id: number) =>
  ['manifest.json', `release-${version}.zip`].map((name) => `${version}-${id}/${name}`);

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
    expect(await app.stored()).toEqual(filesOf('2026.11.20.1', 2));
    expect((await app.recorded()).at(-1)?.message).toBe('Version 2026.11.20 was removed by test admin');
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
});

describe('version retention', () => {
  it('keeps the newest by number, whatever they name as parent', async () => {
    await saveConfig(app.deps, { input: { retention: { versions: 2 } }, actor: 'test', ifMatch: '"0"' });
    await publish('2026.11.21');
    await publish('2026.11.20.1');
    await publish('2026.11.20');
    await publish('2026.11.22', '2026.11.20');
    expect(await prune()).toEqual(['2026.11.20.1', '2026.11.20']);
    expect(await numbers()).toEqual(['2026.11.22', '2026.11.21']);
    expect(await app.stored()).toEqual([...filesOf('2026.11.21', 1), ...filesOf('2026.11.22', 4)]);
    expect(await prune()).toEqual([]);
  });

  it('keeps everything when it is set to 0', async () => {
    await saveConfig(app.deps, { input: { retention: { versions: 0 } }, actor: 'test', ifMatch: '"0"' });
    for (let day = 10; day < 22; day++) await publish(`2026.11.${day}`);
    expect(await prune()).toEqual([]);
    expect(await numbers()).toHaveLength(12);
    await saveConfig(app.deps, { input: { retention: { versions: 1 } }, actor: 'test', ifMatch: '"1"' });
    expect(await prune()).toHaveLength(11);
    expect(await app.stored()).toEqual(filesOf('2026.11.21', 12));
  });

  it('gives up uploads a few at a time, and forgets none', async () => {
    const lease = await seedTask(app.deps, { kind: 'publish' });
    const made = announceVersion('2026.11.20', { others: 28 });
    await uploadMissing(app.as('runner'), made, lease);
    app.clock.advance(25 * HOUR_MS);
    await prune();
    expect(await app.deps.db.select().from(artifacts)).toHaveLength(10);
    await prune();
    expect(await app.deps.db.select().from(artifacts)).toEqual([]);
    expect(await app.deps.db.select().from(versions)).toEqual([]);
  });

  it('gives up an upload for which nothing has come for a day', async () => {
    const lease = await seedTask(app.deps, { kind: 'publish' });
    await uploadMissing(app.as('runner'), announceVersion('2026.11.20'), lease);
    app.clock.advance(23 * HOUR_MS);
    await prune();
    expect(await app.deps.db.select().from(versions)).toMatchObject([{ version: '2026.11.20' }]);
    app.clock.advance(2 * HOUR_MS);
    await prune();
    expect(await app.deps.db.select().from(versions)).toEqual([]);
    expect(await app.deps.db.select().from(artifacts)).toEqual([]);
    expect(await app.deps.db.select().from(parts)).toEqual([]);
  });
});
