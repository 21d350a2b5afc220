import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announceVersion, sha256Of, uploadMissing } from '../../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { seedTask } from '../../testing/seed-task.ts';

const made = announceVersion('2026.11.20', { bytes: 1_000 });
const { filename } = made.announced;
const release = made.files.get(filename) ?? new Uint8Array();
const etag = `"${sha256Of(release)}"`;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const lease = await seedTask(app.deps, { kind: 'publish' });
  await uploadMissing(app.as('runner'), made, lease);
  expect((await get()).status).toBe(404);
  await app.as('runner')('POST /api/leases/{task}/version/publish', {
    params: { task: lease.taskId },
    body: { fence: lease.fence },
  });
});
afterAll(() => app.close());

function get(headers: Record<string, string> = {}, { name = filename, method = 'GET' } = {}) {
  return app.request(`/api/versions/2026.11.20/artifacts/${name}`, {
    method,
    headers: { authorization: `Bearer ${app.tokens.read}`, ...headers },
  });
}
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe('the download of an artifact', () => {
  it('gives all bytes, with what a client needs to know about them', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-length': '1000',
      'content-disposition': `attachment; filename="${filename}"`,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      etag,
    });
    expect(await bytesOf(response)).toEqual(release);
    expect((await get({}, { name: 'manifest.json' })).headers.get('content-type')).toBe('application/json');
  });

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=990-', 990, 999],
    ['bytes=990-5000', 990, 999],
    ['bytes=-5', 995, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=999-999', 999, 999],
  ])('gives the range %s', async (range, start, end) => {
    const response = await get({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/1000`);
    expect(response.headers.get('content-length')).toBe(String(end - start + 1));
    expect(await bytesOf(response)).toEqual(release.slice(start, end + 1));
  });

  it.each(['bytes=1000-', 'bytes=-0', 'bytes=5000-6000'])('refuses the range %s', async (range) => {
    const response = await get({ range });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */1000');
    expect(await response.json()).toMatchObject({
      code: 'range_not_satisfiable',
      detail: `"${filename}" has 1000 bytes, and "${range}" is beyond them.`,
    });
  });

  it.each(['bytes=0-1,5-6', 'bytes=9-5', 'lines=1-2', 'nonsense'])(
    'gives everything for the range %s, which it does not serve',
    async (range) => {
      const response = await get({ range });
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toEqual(release);
    },
  );

  it('answers 304 to who has it already, also when a range is asked for', async () => {
    for (const tag of [etag, `"other", W/${etag}`, '*']) {
      const response = await get({ 'if-none-match': tag, range: 'bytes=0-9' });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(etag);
      expect(await response.text()).toBe('');
    }
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('gives a range under If-Range only while the file is the same', async () => {
    expect((await get({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
    for (const ifRange of ['"other"', `W/${etag}`, 'Thu, 01 Jan 2026 00:00:00 GMT']) {
      expect((await get({ range: 'bytes=0-9', 'if-range': ifRange })).status, ifRange).toBe(200);
    }
  });

  it('tells size and tag to HEAD, without bytes', async () => {
    const response = await get({ range: 'bytes=0-9' }, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('1000');
    expect(response.headers.get('etag')).toBe(etag);
    expect(await response.text()).toBe('');
  });

  it('says what there is when a name or a version is wrong, and wants a token', async () => {
    const wrongName = await get({}, { name: 'other.db' });
    expect(await wrongName.json()).toMatchObject({
      status: 404,
      detail: `Version 2026.11.20 has no artifact "other.db": it has ${filename}, manifest.json.`,
    });
    const wrongVersion = app.as('read')('GET /api/versions/{version}', { params: { version: '2026.11.21' } });
    await expect(wrongVersion).rejects.toThrow('There is no version 2026.11.21.');
    const nobody = await app.request(`/api/versions/2026.11.20/artifacts/${filename}`);
    expect(nobody.status).toBe(401);
  });
});
