import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { RouteKey } from '@trainer/contract/routes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { htmlPage, json } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { sha256Of } from '../../testing/fake-control-plane/task.ts';
import { startTestRunner, waitFor } from '../../testing/lease/start-test-runner.ts';
import { createApi } from '../control/api.ts';
import { createSession } from '../control/session.ts';
import { createLogger } from '../logs/logger.ts';
import { type StagedVersion, uploadVersion } from '../upload/upload-version.ts';
import type { Task } from './task.ts';

const partRoute = 'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}';
/** Longer than a few attempts take: pauses are a tenth of what they are in earnest. */
const awayMs = 500;
const bytes = Buffer.alloc(9_500, 'x');

describe('nobody there for a while', () => {
  it.each<[string, RouteKey, number]>([
    ['the first heartbeat', 'POST /api/leases/{task}/heartbeat', 1],
    ['its lines', 'POST /api/leases/{task}/logs', 1],
    ['an upload that begins', 'POST /api/leases/{task}/version', 1],
    ['an upload', partRoute, 4],
    ['publishing', 'POST /api/leases/{task}/version/publish', 1],
    ['its end', 'POST /api/leases/{task}/complete', 1],
  ])('in the midst of %s costs a task time and nothing else', async (_, route, nth) => {
    const server = await startFakeControlPlane();
    const runner = await startTestRunner({ server, runTask: (task) => publish(task, server) });
    await using __ = runner;
    let asked = 0;
    let isBack: Promise<void> | undefined;
    server.override(route, () => {
      asked += 1;
      if (asked === nth) isBack = server.goAway(awayMs);
      return undefined;
    });
    const task = server.offer(fakeLease('1.publish', { kind: 'publish', source: null }));
    await waitFor(() => task.state === 'over');
    await isBack;
    expect(task.completion).toMatchObject({ outcome: 'done', fence: 1 });
    expect(task.published).toBe(true);
    expect(task.lines.map(({ seq, message }) => [seq, message])).toEqual([
      [1, 'begins'],
      [2, 'ends'],
    ]);
    const stored = Array.from(
      { length: 10 },
      (_, index) => task.parts.get(`release.zip/${index + 1}`) ?? Buffer.of(),
    );
    expect(Buffer.concat(stored)).toEqual(bytes);
    expect(server.breaches).toEqual([]);
    // Each part once, and those again whose answers were cut off: three are under way at a time.
    expect(server.requestsTo(partRoute).length).toBeLessThanOrEqual(10 + 1 + 3);
  });

  it('is asked now and then, whatever stands in its place', async () => {
    const runner = await startTestRunner({ runTask: async () => ({ outcome: 'done' }) });
    await using _ = runner;
    runner.server.override('POST /api/leases', () => htmlPage(502));
    await waitFor(() => runner.pauses.length === 6);
    const least = [125, 250, 500, 1_000, 2_000, 4_000];
    expect(runner.pauses.map((ms, i) => ms >= (least[i] ?? 0))).toEqual(Array(6).fill(true));
    expect(runner.server.requestsTo('POST /api/leases')).toHaveLength(6);
  });

  it('is no reason for a storm when it only ever says to ask again', async () => {
    const runner = await startTestRunner({ runTask: async () => ({ outcome: 'done' }) });
    await using _ = runner;
    const began = performance.now();
    let asked = 0;
    runner.server.override('POST /api/leases', () => {
      asked += 1;
      return json({ lease: null, question: null, again: true });
    });
    await waitFor(() => asked >= 6);
    // Ten a second at most; timers count whole milliseconds.
    expect(asked).toBeLessThanOrEqual(1 + (performance.now() - began) / 98);
  });
});

async function publish({ lease, signal, log }: Task, { url, token }: { url: string; token: string }) {
  const dir = mkdtempSync(join(tmpdir(), 'nobody-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  log.info('begins');
  const session = createSession({
    api: createApi({ baseUrl: url, token }),
    log: createLogger({ sinks: [], redact: (text) => text }),
    sleep: (ms, to) => elapsed(ms / 10, undefined, { signal: to }),
  });
  await uploadVersion(stage(dir), { session, lease, signal, onProgress: () => {} });
  log.info('ends');
  return { outcome: 'done' as const };
}

function stage(dir: string): StagedVersion {
  const path = join(dir, 'release.zip');
  writeFileSync(path, bytes);
  return {
    version: '2026.01.01',
    filename: 'release.zip',
    artifacts: [{ name: 'release.zip', path, size: bytes.length, sha256: sha256Of(bytes) }],
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
}
