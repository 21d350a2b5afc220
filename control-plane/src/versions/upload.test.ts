import { limits } from '@trainer/contract/limits';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  announceVersion,
  partOf,
  sha256Of,
  type TestVersion,
  uploadMissing,
} from '../../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { seedTask } from '../../testing/seed-task.ts';
import { runs, tasks } from '../db/schema/runs.ts';
import { artifacts } from '../db/schema/versions.ts';

let app: TestApp;
let lease: { taskId: string; runId: number; fence: number };
beforeEach(async () => {
  app = await createTestApp();
  lease = await seedTask(app.deps, { kind: 'publish' });
});
afterEach(() => app.close());

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

/** A body whose last piece waits for `finish`. */
function heldBack(bytes: Uint8Array) {
  const piece = 64 * 1024;
  const finished = Promise.withResolvers<void>();
  const almostSent = Promise.withResolvers<void>();
  let at = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at + piece >= bytes.length) {
          almostSent.resolve();
          await finished.promise;
        }
        controller.enqueue(bytes.subarray(at, at + piece));
        at += piece;
        if (at >= bytes.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, isAlmostSent: almostSent.promise, finish: () => finished.resolve() };
}

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
    expect((await app.recorded()).at(-1)).toMatchObject({
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
    await app.restart();
    expect(await uploadMissing(runner(), made, lease)).toEqual([`${filename} 2`, 'manifest.json 1']);
    await app.restart();
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
    expect(await app.recorded()).toHaveLength(1);
  });

  it('is replaced when the task announces other files, which drops what was there', async () => {
    const first = announceVersion('2026.11.20', { seed: 1 });
    await open(first);
    await put(first.announced.filename, 1, partOf(first, first.announced.filename, 1));
    const second = announceVersion('2026.11.20', { seed: 2 });
    expect((await open(second)).artifacts.map(({ missing }) => missing)).toEqual([[1], [1]]);
    await uploadMissing(runner(), second, lease);
    expect(await publish()).toMatchObject({ artifacts: second.announced.artifacts });
    expect(await app.stored()).toEqual(['2026.11.20-2/manifest.json', '2026.11.20-2/release-2026.11.20.zip']);
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

describe('a version of many artifacts', () => {
  it('of a dozen is published at once, of more step by step where requests are counted', async () => {
    await app.close();
    app = await createTestApp({ timings: { artifactsPerPublish: 12 } });
    lease = await seedTask(app.deps, { kind: 'publish' });
    await uploadMissing(runner(), announceVersion('2026.11.20', { others: 10 }), lease);
    expect((await publish()).artifacts).toHaveLength(12);

    lease = await seedTask(app.deps, { kind: 'publish' });
    const made = announceVersion('2026.11.21', { others: 24 });
    await uploadMissing(runner(), made, lease);
    for (const verified of [12, 24]) {
      await expect(publish()).rejects.toMatchObject({
        code: 'unavailable',
        message: `${verified} of 26 artifacts are verified so far: ask again for the others.`,
        retryAfterMs: 0,
      });
    }
    expect(await publish()).toMatchObject({ version: '2026.11.21' });
    expect(await uploadMissing(runner(), made, lease)).toEqual([]);
  });
});

describe('an upload that the store has dropped', () => {
  /** As R2 does after a week. */
  async function drop(name: string) {
    const [artifact] = await app.deps.db.select().from(artifacts).where(eq(artifacts.name, name));
    await app.objects.abort({ key: `2026.11.20-1/${name}`, ticket: artifact?.ticket ?? '' });
  }

  it('is begun anew by the next part, and what came before is missing again', async () => {
    const made = announceVersion('2026.11.20', { bytes: limits.uploadPartBytes + 77 });
    const { filename } = made.announced;
    await open(made);
    await put(filename, 1, partOf(made, filename, 1));
    await drop(filename);
    const next = () => put(filename, 2, partOf(made, filename, 2));
    await expect(next()).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      message: expect.stringMatching(/^Part 2 of .* has been restarted\. Send it again\.$/),
    });
    await next();
    expect(await uploadMissing(runner(), made, lease)).toEqual([`${filename} 1`, 'manifest.json 1']);
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
  });

  it('is begun anew when it is to be put together', async () => {
    const made = announceVersion('2026.11.20');
    await uploadMissing(runner(), made, lease);
    await drop('manifest.json');
    await expect(publish()).rejects.toMatchObject({ code: 'incomplete_upload' });
    expect(await uploadMissing(runner(), made, lease)).toEqual(['manifest.json 1']);
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
  });

  it('is begun anew once, and a part that was under way meanwhile does not count', async () => {
    const made = announceVersion('2026.11.20', { bytes: 2 * limits.uploadPartBytes + 77 });
    const { filename } = made.announced;
    await open(made);
    await put(filename, 1, partOf(made, filename, 1));
    const body = heldBack(partOf(made, filename, 2));
    const underWay = app.request(
      `/api/leases/${lease.taskId}/version/artifacts/${filename}/parts/2?fence=${lease.fence}`,
      {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${app.tokens.runner}`,
          'content-type': 'application/octet-stream',
          'x-content-sha256': sha256Of(partOf(made, filename, 2)),
        },
        body: body.stream,
        duplex: 'half',
      } as RequestInit,
    );
    await body.isAlmostSent;
    await drop(filename);
    const last = () => put(filename, 3, partOf(made, filename, 3));
    await expect(last()).rejects.toMatchObject({ code: 'unavailable' });
    await last();
    body.finish();
    expect(await problemOf(await underWay)).toMatchObject({ code: 'unavailable' });
    expect((await open(made)).artifacts[0]?.missing).toEqual([1, 2]);
  });
});

describe('a part', () => {
  it('begins the upload of its artifact, also when several come at once', async () => {
    const made = announceVersion('2026.11.20', { bytes: 2 * limits.uploadPartBytes + 77 });
    const { filename } = made.announced;
    await open(made);
    await Promise.all([1, 2, 3].map((number) => put(filename, number, partOf(made, filename, number))));
    expect(await uploadMissing(runner(), made, lease)).toEqual(['manifest.json 1']);
    expect(await publish()).toMatchObject({ version: '2026.11.20' });
  });

  it('is answered properly also when it is refused or known before its body has come', async () => {
    const made = announceVersion('2026.11.20', { bytes: limits.uploadPartBytes });
    const { filename } = made.announced;
    await uploadMissing(runner(), made, lease);
    const body = partOf(made, filename, 1);
    for (let round = 0; round < 2; round++) {
      await put(filename, 1, body);
      await expect(put(filename, 1, body, { fence: 99 })).rejects.toMatchObject({ code: 'lease_lost' });
    }
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
