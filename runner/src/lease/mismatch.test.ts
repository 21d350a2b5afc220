import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { json, problem } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startTestRunner, waitFor } from '../../testing/lease/start-test-runner.ts';
import { pauseMs } from '../control/session.ts';
import { isHealthy, noteMismatch } from './is-healthy.ts';
import { heartbeatFile } from './serve.ts';
import type { RunTask } from './task.ts';

const done: RunTask = async () => ({ outcome: 'done' });

it('hands back a task whose lease it cannot read, with the reason', async () => {
  const worked: string[] = [];
  const runner = await startTestRunner({
    runTask: async ({ lease }) => {
      worked.push(lease.task_id);
      return { outcome: 'done' };
    },
  });
  await using _ = runner;
  const task = runner.server.offer(fakeLease('1.stashdb'));
  let isHandedOut = false;
  runner.server.override('POST /api/leases', () => {
    if (isHandedOut) return undefined;
    isHandedOut = true;
    task.state = 'leased';
    return json({ lease: { ...task.lease, params: 'in another form' }, question: null });
  });
  await waitFor(() => runner.server.requestsTo('POST /api/leases/{task}/release').length > 0);
  const [release] = runner.server.requestsTo('POST /api/leases/{task}/release');
  expect(release?.params).toEqual({ task: '1.stashdb' });
  expect(release?.body).toMatchObject({
    fence: 1,
    unable: true,
    reason: expect.stringMatching(/not what this runner \S+ expects \(lease\.params: .*same version/),
  });
  // It goes on: the same task, as it should be, is worked.
  runner.server.offer(fakeLease('1.stashdb', { fence: 2 }));
  await waitFor(() => worked.length > 0);
});

it('hands back a task of a kind that it does not know, and says which kinds it works', async () => {
  const runner = await startTestRunner({ runTask: done });
  await using _ = runner;
  const task = runner.server.offer(fakeLease('1.stashdb', { kind: 'tidy' }));
  await waitFor(() => runner.server.requestsTo('POST /api/leases/{task}/release').length > 0);
  const [release] = runner.server.requestsTo('POST /api/leases/{task}/release');
  expect(release?.body).toMatchObject({
    unable: true,
    reason: expect.stringMatching(/^this runner \S+ does not know tasks of the kind "tidy"$/),
  });
  expect(task.completion).toBeUndefined();
  const [poll] = runner.server.requestsTo('POST /api/leases');
  expect(poll?.body).toMatchObject({ kinds: ['ingest', 'enrich', 'publish'] });
  expect(runner.server.breaches).toEqual([]);
});

it('says why it gets no work, asks seldom, and works once the protocols fit', async () => {
  const reasons: (string | null)[] = [];
  const runner = await startTestRunner({ runTask: done, onMismatch: (reason) => reasons.push(reason) });
  await using _ = runner;
  let asked = 0;
  runner.server.override('POST /api/leases', () => {
    asked += 1;
    return asked < 3 ? problem('protocol_mismatch', 'The runner is too old: upgrade the runner.') : undefined;
  });
  const task = runner.server.offer(fakeLease('1.stashdb'));
  await waitFor(() => task.state === 'over');
  expect(reasons).toEqual([
    'The runner is too old: upgrade the runner.',
    'The runner is too old: upgrade the runner.',
    null,
  ]);
  expect(runner.pauses.filter((ms) => ms >= 5 * 60_000)).toHaveLength(2);
  expect(runner.said.map(({ message }) => message)).toContain(
    'No work until one of the two is upgraded; asked again every few minutes. The runner is too old: upgrade the runner.',
  );
});

it('waits for minutes, not always the same', () => {
  const refused = new Error('refused');
  expect([0, 0.5, 1].map((random) => pauseMs(refused, 'seldom', 1, () => random))).toEqual([
    600_000, 450_000, 300_000,
  ]);
});

it('is not well while the control plane refuses its protocol, and says so', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mismatch-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  writeFileSync(heartbeatFile(dataDir), '');
  expect(isHealthy(dataDir).healthy).toBe(true);
  noteMismatch(dataDir, 'The runner is too old: upgrade the runner.');
  expect(isHealthy(dataDir)).toEqual({
    healthy: false,
    said: `The runner in ${dataDir} gets no work: The runner is too old: upgrade the runner.`,
  });
  noteMismatch(dataDir, null);
  expect(isHealthy(dataDir).healthy).toBe(true);
});
