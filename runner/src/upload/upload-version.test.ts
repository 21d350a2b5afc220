import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as realSleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hangUp, htmlPage, problem } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import {
  type FakeControlPlane,
  startFakeControlPlane,
} from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createApi } from '../control/api.ts';
import { createSession } from '../control/session.ts';
import { createLogger } from '../logs/logger.ts';
import { ArtifactChanged, type StagedVersion, uploadVersion } from './upload-version.ts';

const partRoute = 'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}';
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'upload-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function stage(sizes: Record<string, number>): { staged: StagedVersion; contents: Map<string, Buffer> } {
  const contents = new Map(Object.entries(sizes).map(([name, size]) => [name, randomBytes(size)]));
  const artifacts = [...contents].map(([name, bytes]) => {
    const path = join(dir, name);
    writeFileSync(path, bytes);
    return { name, path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const staged: StagedVersion = {
    version: '2026.01.01',
    filename: 'performers.db',
    artifacts,
    manifest: {
      version: '2026.01.01',
      created_at: '2026-01-01T00:00:00.000Z',
      performer_count: 1,
      face_count: 1,
      sources: ['stashdb'],
      checksums: {},
      format: 'stash-sense',
      model_pack: 'starter',
      parent_version: null,
    },
    quality: { faces_per_performer: 1, single_face_share: 1, self_recognition: null, warnings: [] },
  };
  return { staged, contents };
}

function start(server: FakeControlPlane, staged: StagedVersion, signal = new AbortController().signal) {
  const log = createLogger({ sinks: [], redact: (text) => text });
  const api = createApi({ baseUrl: server.url, token: server.token });
  const session = createSession({
    api,
    log,
    sleep: (ms, to) => realSleep(ms / 50, undefined, { signal: to }),
  });
  const progress: number[] = [];
  const lease = { task_id: '1.publish', fence: 1 };
  const onProgress = (done: number) => progress.push(done);
  return { result: uploadVersion(staged, { session, lease, signal, onProgress }), progress };
}

function stored(server: FakeControlPlane, name: string): Buffer {
  const parts = [...server.task('1.publish').parts].filter(([key]) => key.startsWith(`${name}/`));
  parts.sort(([a], [b]) => Number(a.split('/')[1]) - Number(b.split('/')[1]));
  return Buffer.concat(parts.map(([, bytes]) => bytes));
}

const publishLease = fakeLease('1.publish', { kind: 'publish', source: null });

describe('the upload of a version', () => {
  it('brings every part, three at a time, and has the version published', async () => {
    await using server = await startFakeControlPlane();
    server.offer(publishLease);
    const { staged, contents } = stage({ 'performers.db': 10_500, 'manifest.json': 300 });
    let atOnce = 0;
    let most = 0;
    const allThere = Promise.withResolvers<void>();
    server.override(partRoute, async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      // The first ones wait for each other; a fourth would arrive meanwhile.
      if (atOnce === 3) await realSleep(20).then(allThere.resolve);
      await allThere.promise;
      atOnce -= 1;
      return undefined;
    });
    const { result, progress } = start(server, staged);
    expect(await result).toMatchObject({ version: '2026.01.01', filename: 'performers.db' });
    expect(most).toBe(3);
    for (const [name, bytes] of contents) expect(stored(server, name).equals(bytes)).toBe(true);
    expect([progress.at(0), progress.at(-1)]).toEqual([0, 10_800]);
    expect(server.breaches).toEqual([]);
  });

  it('goes on where an earlier upload was cut off', async () => {
    await using server = await startFakeControlPlane();
    server.offer(publishLease);
    const { staged, contents } = stage({ 'performers.db': 20_000 });
    const cut = new AbortController();
    server.override(partRoute, ({ params }) => {
      if (params.number === '7') cut.abort(new Error('the runner was killed'));
      return undefined;
    });
    await expect(start(server, staged, cut.signal).result).rejects.toThrow('the runner was killed');
    const before = server.task('1.publish').parts.size;
    expect(before).toBeGreaterThan(3);
    server.restore(partRoute);
    const sentBefore = server.requestsTo(partRoute).length;
    const { result, progress } = start(server, staged);
    await result;
    expect(server.requestsTo(partRoute).length - sentBefore).toBeLessThanOrEqual(20 - before);
    expect(progress[0]).toBeGreaterThanOrEqual(before * 1_000);
    expect(stored(server, 'performers.db').equals(contents.get('performers.db') ?? Buffer.of())).toBe(true);
  });

  it('gets over dropped connections, proxies and damaged parts', async () => {
    await using server = await startFakeControlPlane();
    server.offer(publishLease);
    const { staged, contents } = stage({ 'performers.db': 5_000 });
    const failures = [
      hangUp,
      htmlPage(502),
      problem('hash_mismatch', 'damaged'),
      problem('internal', 'failed'),
    ];
    server.override(partRoute, () => failures.shift());
    await start(server, staged).result;
    expect(stored(server, 'performers.db').equals(contents.get('performers.db') ?? Buffer.of())).toBe(true);
  });

  it('gives up on a part whose hash is refused again and again', async () => {
    await using server = await startFakeControlPlane();
    server.offer(publishLease);
    const { staged } = stage({ 'performers.db': 500 });
    server.override(partRoute, () => problem('hash_mismatch', 'Part 1 has another hash.'));
    await expect(start(server, staged).result).rejects.toThrow('Part 1 has another hash.');
    expect(server.requestsTo(partRoute)).toHaveLength(3);
  });

  it.each([
    ['lost', undefined],
    ['found damaged', problem('hash_mismatch', 'The whole of performers.db has another hash.')],
  ])('brings again what the control plane has %s', async (_, answer) => {
    await using server = await startFakeControlPlane();
    const task = server.offer(publishLease);
    const { staged } = stage({ 'performers.db': 3_000 });
    server.override('POST /api/leases/{task}/version/publish', () => {
      server.restore('POST /api/leases/{task}/version/publish');
      task.parts.delete('performers.db/2');
      return answer;
    });
    await start(server, staged).result;
    expect(
      server
        .requestsTo(partRoute)
        .map(({ params }) => params.number)
        .toSorted(),
    ).toEqual(['1', '2', '2', '3']);
  });

  it('is harmless when the answer to publishing was lost', async () => {
    await using server = await startFakeControlPlane();
    server.offer(publishLease);
    const { staged } = stage({ 'performers.db': 3_000 });
    server.loseNextAnswer('POST /api/leases/{task}/version/publish');
    expect(await start(server, staged).result).toMatchObject({ version: '2026.01.01' });
  });

  it('refuses a file that has become shorter', async () => {
    await using server = await startFakeControlPlane();
    server.offer(publishLease);
    const { staged } = stage({ 'performers.db': 3_000 });
    truncateSync(join(dir, 'performers.db'), 2_500);
    await expect(start(server, staged).result).rejects.toThrow(ArtifactChanged);
  });
});
