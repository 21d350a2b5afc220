import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { limits } from '@trainer/shared/limits';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { runs, tasks } from '../db/schema/runs.ts';
import { diskObjects } from '../edge/node/disk-objects.ts';
import {
  announceVersion,
  partOf,
  sha256Of,
  type TestVersion,
  uploadMissing,
} from '../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../testing/create-test-app.ts';
import { seedTask } from '../testing/seed-task.ts';

let folder = '';
let app: TestApp;
let lease: { taskId: string; runId: number; fence: number };
const startApp = () =>
  createTestApp({ databasePath: join(folder, 'db'), objects: diskObjects(join(folder, 'versions')) });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upload-'));
  app = await startApp();
  lease = await seedTask(app.deps, { kind: 'publish' });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const runner = () => app.as('runner');
const open = (made: TestVersion, { taskId: task, fence } = lease) =>
  runner()('POST /api/leases/{task}/version', { params: { task }, body: { fence, ...made.announced } });
const publish = ({ taskId: task, fence } = lease) =>
  runner()('POST /api/leases/{task}/version/publish', { params: { task }, body: { fence } });

function put(
  name: string,
  number: number,
  body: Uint8Array<ArrayBuffer>,
  { sha256 = sha256Of(body), taskId: task = lease.taskId, fence = lease.fence } = {},
) {
  return runner()('PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}', {
    params: { task, name, number },
    query: { fence },
    headers: { 'x-content-sha256': sha256 },
    body,
  });
}

const folders = () => readdir(join(folder, 'versions')).catch(() => []);

describe('uploading a version', () => {
  it('makes it visible only once it is published, with everything that was announced', async () => {
    const made = announceVersion('2026.11.20', { bytes: 2_500_000 });
    await uploadMissing(runner(), made, lease);
    expect(await app.as('read')('GET /api/versions')).toEqual([]);
    const view = await publish();
    expect(view).toEqual({
      version: '2026.11.20',
      filename: 'release-2026.11.20.zip',
      size_mb: 2.5,
      created: '2026-01-01T00:00:00Z',
      run_id: lease.runId,
      format: 'stash-sense',
      model_pack: 'starter',
      sources: ['stashdb'],
      parent: null,
      performers: 2,
      faces: 5,
      quality: made.announced.quality,
      artifacts: made.announced.artifacts,
    });
    expect(
      await app.as('read')('GET /api/versions/{version}', { params: { version: '2026.11.20' } }),
    ).toEqual(view);
    const [run] = await app.deps.db.select().from(runs).where(eq(runs.id, lease.runId));
    expect(run).toMatchObject({ version: '2026.11.20', performers: 2, faces: 5 });
    expect(app.recorded.at(-1)).toMatchObject({
      message: 'Version 2026.11.20 is published: 2 performers, 5 faces',
      taskId: lease.taskId,
    });
  });

  it('goes on where it stopped when either side was restarted', async () => {
    const made = announceVersion('2026.11.20', { bytes: 2 * limits.uploadPartBytes + 77 });
    const { filename } = made.announced;
    expect(await open(made)).toMatchObject({
      part_bytes: limits.uploadPartBytes,
      artifacts: [
        { name: filename, parts: 3, missing: [1, 2, 3] },
        { name: 'manifest.json', parts: 1, missing: [1] },
      ],
    });
    await put(filename, 3, partOf(made, filename, 3));
    await put(filename, 1, partOf(made, filename, 1));
    await app.close();
    app = await startApp();
    expect(await uploadMissing(runner(), made, lease)).toEqual([`${filename} 2`, 'manifest.json 1']);
    await app.close();
    app = await startApp();
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
  });

  it('may repeat every call', async () => {
    const made = announceVersion('2026.11.20');
    await open(made);
    await open(made);
    const { filename } = made.announced;
    const body = partOf(made, filename, 1);
    await Promise.all([put(filename, 1, body), put(filename, 1, body)]);
    await put(filename, 1, body);
    await put('manifest.json', 1, partOf(made, 'manifest.json', 1));
    const [view] = await Promise.all([publish(), publish()]);
    expect(await publish()).toEqual(view);
    expect((await open(made)).artifacts.flatMap(({ missing }) => missing)).toEqual([]);
    expect(await app.as('read')('GET /api/versions')).toHaveLength(1);
    expect(app.recorded).toHaveLength(1);
  });

  it('is replaced when the task announces other files, which drops what was there', async () => {
    const first = announceVersion('2026.11.20', { seed: 1 });
    await open(first);
    await put(first.announced.filename, 1, partOf(first, first.announced.filename, 1));
    const second = announceVersion('2026.11.20', { seed: 2 });
    expect((await open(second)).artifacts.map(({ missing }) => missing)).toEqual([[1], [1]]);
    expect(await folders()).toEqual(['2026.11.20-2']);
    await uploadMissing(runner(), second, lease);
    expect(await publish()).toMatchObject({ artifacts: second.announced.artifacts });
  });

  it('must have a number that is not taken, and a task makes one version', async () => {
    await uploadMissing(runner(), announceVersion('2026.11.20'), lease);
    await publish();
    await expect(open(announceVersion('2026.11.20.1'))).rejects.toMatchObject({
      code: 'version_exists',
      message: expect.stringContaining('has published version 2026.11.20 already'),
    });
    const other = await seedTask(app.deps, { kind: 'publish' });
    await expect(open(announceVersion('2026.11.20', { seed: 2 }), other)).rejects.toMatchObject({
      code: 'version_exists',
      message: 'Version 2026.11.20 exists already, or did: take the next number.',
    });
  });

  it('cannot be published twice under one number by two tasks at once', async () => {
    const other = await seedTask(app.deps, { kind: 'publish' });
    await uploadMissing(runner(), announceVersion('2026.11.20', { seed: 1 }), lease);
    await uploadMissing(runner(), announceVersion('2026.11.20', { seed: 2 }), other);
    const outcomes = await Promise.allSettled([publish(), publish(other)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version_exists' },
    });
    expect(await app.as('read')('GET /api/versions')).toHaveLength(1);
  });
});

describe('what an upload refuses', () => {
  it('a part with another hash, a truncated one and an oversized one; the right one is still taken', async () => {
    const made = announceVersion('2026.11.20', { bytes: 1_000 });
    const { filename } = made.announced;
    await open(made);
    const right = partOf(made, filename, 1);
    await expect(put(filename, 1, right.toReversed(), { sha256: sha256Of(right) })).rejects.toMatchObject({
      code: 'hash_mismatch',
      message: expect.stringMatching(
        /^Part 1 of "release-2026.11.20.zip" was not taken: the sha256 is .* Send it again\.$/,
      ),
    });
    await expect(put(filename, 1, right.slice(0, 400), { sha256: sha256Of(right) })).rejects.toMatchObject({
      code: 'hash_mismatch',
      message: expect.stringContaining('ended after 400 of 1000 bytes'),
    });
    await expect(put(filename, 1, new Uint8Array(1_001))).rejects.toMatchObject({
      code: 'too_large',
      status: 413,
    });
    await expect(put(filename, 1, new Uint8Array(limits.uploadPartBytes + 1))).rejects.toMatchObject({
      code: 'too_large',
    });
    expect((await open(made)).artifacts[0]?.missing).toEqual([1]);
    await put(filename, 1, right);
    expect((await open(made)).artifacts[0]?.missing).toEqual([]);
  });

  it('parts and artifacts that do not exist, and parts before the upload was opened', async () => {
    const made = announceVersion('2026.11.20');
    const body = new Uint8Array(1);
    await expect(put('manifest.json', 1, body)).rejects.toMatchObject({ code: 'not_found' });
    await open(made);
    await expect(put('other.db', 1, body)).rejects.toMatchObject({
      code: 'not_found',
      message: 'The upload has no artifact "other.db": it has release-2026.11.20.zip, manifest.json.',
    });
    await expect(put('manifest.json', 2, body)).rejects.toMatchObject({
      code: 'impossible_report',
      message: '"manifest.json" has 1 parts, so there is no part 2.',
    });
  });

  it('publishing while parts are missing', async () => {
    await expect(publish()).rejects.toMatchObject({ code: 'incomplete_upload' });
    const made = announceVersion('2026.11.20', { bytes: limits.uploadPartBytes + 1 });
    await open(made);
    await put('manifest.json', 1, partOf(made, 'manifest.json', 1));
    await expect(publish()).rejects.toMatchObject({
      code: 'incomplete_upload',
      message: expect.stringContaining('"release-2026.11.20.zip" lacks 2 (the first is 1)'),
    });
  });

  it('an artifact that was damaged in the store, which can then be sent again', async () => {
    const made = announceVersion('2026.11.20');
    await uploadMissing(runner(), made, lease);
    const file = join(folder, 'versions', '2026.11.20-1', `${made.announced.filename}.partial`);
    await writeFile(file, new Uint8Array(100));
    await expect(publish()).rejects.toMatchObject({ code: 'hash_mismatch', status: 422 });
    rmSync(join(folder, 'versions'), { recursive: true });
    await expect(publish()).rejects.toMatchObject({ code: 'incomplete_upload' });
    await uploadMissing(runner(), made, lease);
    rmSync(join(folder, 'versions'), { recursive: true });
    await expect(publish()).rejects.toMatchObject({ code: 'incomplete_upload' });
    await uploadMissing(runner(), made, lease);
    await expect(publish()).rejects.toMatchObject({ code: 'incomplete_upload' });
    await uploadMissing(runner(), made, lease);
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
  });

  it('a manifest that differs from the announced one, until the right one is announced', async () => {
    const made = announceVersion('2026.11.20');
    const wrong = {
      ...made,
      announced: { ...made.announced, manifest: { ...made.announced.manifest, face_count: 6 } },
    };
    await uploadMissing(runner(), wrong, lease);
    await expect(publish()).rejects.toMatchObject({
      code: 'impossible_report',
      message: expect.stringContaining('says something else than the manifest that was announced'),
    });
    expect(await app.as('read')('GET /api/versions')).toEqual([]);
    await open(made);
    expect(await publish()).toMatchObject({ faces: 5 });
  });

  it('what cannot be true of a version, and what is no version at all', async () => {
    const made = announceVersion('2026.11.20');
    const { manifest, ...rest } = made.announced;
    const post = (body: object) =>
      app.request(`/api/leases/${lease.taskId}/version`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app.tokens.runner}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fence: lease.fence, ...body }),
      });
    const impossible = await post({ ...rest, manifest: { ...manifest, performer_count: 0 } });
    expect(await impossible.json()).toMatchObject({ status: 409, code: 'impossible_report' });
    const malformed = await post({ ...rest, version: 'v1', manifest: { ...manifest, face_count: 0 } });
    expect(await malformed.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'version' }, { field: 'manifest.face_count' }],
    });
  });

  it('a task that does not publish', async () => {
    const ingest = await seedTask(app.deps, { source: 'stashdb' });
    await expect(open(announceVersion('2026.11.20'), ingest)).rejects.toMatchObject({
      code: 'impossible_report',
    });
  });

  it('every call under an old fencing number, and changes nothing', async () => {
    const made = announceVersion('2026.11.20');
    await uploadMissing(runner(), made, lease);
    await app.deps.db.update(tasks).set({ fence: 2 }).where(eq(tasks.id, lease.taskId));
    const lost = { code: 'lease_lost', status: 409 };
    await expect(open(announceVersion('2026.11.20', { seed: 2 }))).rejects.toMatchObject(lost);
    await expect(put('manifest.json', 1, partOf(made, 'manifest.json', 1))).rejects.toMatchObject(lost);
    await expect(publish()).rejects.toMatchObject(lost);
    expect(await app.as('read')('GET /api/versions')).toEqual([]);
    expect(await publish({ ...lease, fence: 2 })).toMatchObject({ version: '2026.11.20' });
  });

  it('scopes that are not a runner’s', async () => {
    const made = announceVersion('2026.11.20');
    const call = app.as('trigger');
    await expect(
      call('POST /api/leases/{task}/version', {
        params: { task: lease.taskId },
        body: { fence: 1, ...made.announced },
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a part behind a socket', () => {
  async function listen() {
    const server = serve({ fetch: createApp(app.deps).fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
  }
  const pathOf = (name: string, fence = lease.fence) =>
    `/api/leases/${lease.taskId}/version/artifacts/${name}/parts/1?fence=${fence}`;
  const headersOf = (body: Uint8Array) => ({
    authorization: `Bearer ${app.tokens.runner}`,
    'content-type': 'application/octet-stream',
    'x-content-sha256': sha256Of(body),
  });

  it('is answered properly also when it is refused or known before its body has come', async () => {
    const made = announceVersion('2026.11.20', { bytes: limits.uploadPartBytes });
    const { filename } = made.announced;
    await uploadMissing(runner(), made, lease);
    const { server, port } = await listen();
    const body = partOf(made, filename, 1);
    const send = (fence: number) =>
      fetch(`http://127.0.0.1:${port}${pathOf(filename, fence)}`, {
        method: 'PUT',
        headers: headersOf(body),
        body,
      });
    for (let round = 0; round < 2; round++) {
      expect((await send(lease.fence)).status).toBe(204);
      expect((await send(99)).status).toBe(409);
    }
    server.close();
  });

  it('does not count when the runner went away in the middle, and is no failure of the control plane', async () => {
    const made = announceVersion('2026.11.20', { bytes: 1_000_000 });
    const { filename } = made.announced;
    await open(made);
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    const { objects } = app.deps;
    app.deps.objects = {
      ...objects,
      putPart: (...args) => {
        const stored = objects.putPart(...args);
        begun.resolve();
        stored.catch(ended.resolve);
        return stored;
      },
    };
    const { server, port } = await listen();
    const body = partOf(made, filename, 1);
    const put = request({
      port,
      path: pathOf(filename),
      method: 'PUT',
      headers: { ...headersOf(body), 'content-length': body.length },
    });
    put.on('error', () => undefined);
    put.write(body.subarray(0, 500_000));
    await begun.promise;
    put.destroy();
    expect(await ended.promise).toBeInstanceOf(Error);
    const upload = await open(made);
    expect(upload.artifacts[0]?.missing).toEqual([1]);
    expect(app.logged).toEqual([]);
    server.close();
  });
});
