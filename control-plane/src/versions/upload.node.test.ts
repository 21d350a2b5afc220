import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { limits } from '@trainer/contract/limits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  announceVersion,
  partOf,
  sha256Of,
  type TestVersion,
  uploadMissing,
} from '../../testing/announce-version.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { seedTask } from '../../testing/seed-task.ts';
import { createApp } from '../app.ts';
import { diskObjects } from '../edge/node/disk-objects.ts';

// Files that are damaged or gone, stores that fail at the wrong moment, and sockets as Node has them.

let folder = '';
let app: NodeApp;
let lease: { taskId: string; runId: number; fence: number };
const startApp = () =>
  createNodeApp({ databasePath: join(folder, 'db'), objects: diskObjects(join(folder, 'versions')) });

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

it('is refused before its first byte while there is no room, and taken when there is', async () => {
  const asked: number[] = [];
  let isShort = true;
  app.deps.shortage = (bytes) => {
    asked.push(bytes);
    return isShort ? 'The disk of /data has 20 MB free: make room there' : null;
  };
  const { announced } = announceVersion('2026.01.01');
  const total = announced.artifacts.reduce((sum, { size }) => sum + size, 0);
  const open = () =>
    runner()('POST /api/leases/{task}/version', {
      params: { task: lease.taskId },
      body: { ...announced, fence: lease.fence },
    });
  await expect(open()).rejects.toMatchObject({
    code: 'unavailable',
    retryAfterMs: 30_000,
    message: expect.stringContaining('has 20 MB free: make room there'),
  });
  isShort = false;
  expect((await open()).artifacts).toHaveLength(2);
  expect(asked).toEqual([total, total]);
});
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

describe('an upload', () => {
  it('goes on from what is on disk when either side was restarted', async () => {
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

  it('leaves nothing on disk when it is replaced by one of other files', async () => {
    const first = announceVersion('2026.11.20', { seed: 1 });
    await open(first);
    await put(first.announced.filename, 1, partOf(first, first.announced.filename, 1));
    expect(await readdir(join(folder, 'versions'))).toEqual(['2026.11.20-1']);
    await open(announceVersion('2026.11.20', { seed: 2 }));
    expect(await readdir(join(folder, 'versions'))).toEqual([]);
  });

  it('finds out that an artifact was damaged in the store, which can then be sent again', async () => {
    const made = announceVersion('2026.11.20');
    await uploadMissing(runner(), made, lease);
    const versions = join(folder, 'versions', '2026.11.20-1');
    const [file = ''] = (await readdir(versions)).filter((name) => name.startsWith(made.announced.filename));
    await writeFile(join(versions, file), new Uint8Array(100));
    await expect(publish()).rejects.toMatchObject({ code: 'hash_mismatch', status: 422 });
    await uploadMissing(runner(), made, lease);
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
  });

  it('loses no part to a store that is away for a moment', async () => {
    const made = announceVersion('2026.11.20', { bytes: limits.uploadPartBytes + 1 });
    const { filename } = made.announced;
    const { objects } = app.deps;
    const away = () => Promise.reject(new Error('the store is away'));
    await open(made);
    await put(filename, 1, partOf(made, filename, 1));
    app.deps.objects = { ...objects, putPart: away, complete: away };
    await expect(put(filename, 2, partOf(made, filename, 2))).rejects.toMatchObject({ status: 500 });
    app.deps.objects = objects;
    expect(await uploadMissing(runner(), made, lease)).toEqual([`${filename} 2`, 'manifest.json 1']);
    app.deps.objects = { ...objects, complete: away };
    await expect(publish()).rejects.toMatchObject({ status: 500 });
    app.deps.objects = objects;
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
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
    expect(await app.logged()).toEqual([]);
    server.close();
  });
});
