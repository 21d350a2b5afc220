import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runnerSchema } from '@trainer/contract/leases';
import { hangLimits } from '@trainer/testing/hang-limits';
import { afterEach, describe, expect, it } from 'vitest';
import { silence } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { waitFor } from '../../testing/lease/start-test-runner.ts';
import { isHealthy } from './is-healthy.ts';

const program = fileURLToPath(new URL('../../testing/lease/busy-runner.ts', import.meta.url));
const started: { child: ChildProcess; dir: string }[] = [];

function startBusyRunner(url: string, { block = 0, burners = 0 } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'busy-runner-'));
  const args = [program, '--url', url, '--dir', dir, '--block', `${block}`, '--burners', `${burners}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  started.push({ child, dir });
  return { child, dir };
}

afterEach(() => {
  for (const { child, dir } of started.splice(0)) {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
});

describe('a runner whose processor is busy', () => {
  it('keeps its lease while its main thread is blocked', async () => {
    await using server = await startFakeControlPlane();
    // Blocked until the end of the test, so whatever arrives comes from another thread.
    startBusyRunner(server.url, { block: hangLimits.testMs });
    const task = server.offer(fakeLease('1.stashdb', { heartbeat_ms: 200 }));
    await waitFor(() => task.beats.length >= 15);
    expect(task.progress.performers_processed).toBe(0);
  });

  it('hands its leases back and exits with 0 on SIGTERM', async () => {
    await using server = await startFakeControlPlane();
    const { child } = startBusyRunner(server.url, { block: 400, burners: 3 });
    const task = server.offer(fakeLease('1.stashdb', { heartbeat_ms: 200 }));
    await waitFor(
      () => task.beats.length > 3 && task.progress.performers_processed > 0,
      () => task.progress,
    );
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(task.release?.reason).toBe('the runner is shutting down');
    expect(task.release?.progress?.performers_processed).toBeGreaterThan(0);
  });

  it('exits at once when it is told again, but not at an echo of the first signal', async () => {
    await using server = await startFakeControlPlane();
    const { child } = startBusyRunner(server.url);
    const task = server.offer(fakeLease('1.stashdb'));
    server.override('POST /api/leases/{task}/release', () => silence);
    await waitFor(() => task.beats.length > 0);
    child.kill('SIGTERM');
    child.kill('SIGINT');
    await waitFor(() => server.requestsTo('POST /api/leases/{task}/release').length > 0);
    // Real time: the echo's two seconds pass in another process.
    await sleep(2_200);
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
  });

  it('says with each request for work which start of it is asking', async () => {
    await using server = await startFakeControlPlane();
    const asking = () =>
      server
        .requestsTo('POST /api/leases')
        .map(({ body }) => runnerSchema.partial().loose().parse(body).instance_id);
    const { child } = startBusyRunner(server.url);
    server.offer(fakeLease('1.stashdb'));
    await waitFor(() => asking().length === 2);
    child.kill('SIGKILL');
    startBusyRunner(server.url);
    await waitFor(() => asking().length === 3);
    const [first, second, third] = asking();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
    expect(third).toMatch(/^[0-9a-f-]{36}$/);
    expect(third).not.toBe(first);
  });

  it('is healthy while it runs', async () => {
    await using server = await startFakeControlPlane();
    const { dir } = startBusyRunner(server.url);
    expect(isHealthy(dir)).toEqual({ healthy: false, said: `No runner has been started in ${dir}` });
    await waitFor(() => isHealthy(dir).healthy);
    const later = isHealthy(dir, Date.now() + 120_000);
    expect(later).toMatchObject({ healthy: false });
    expect(later.said).toMatch(/has not been well for 1\d\d s/);
  });
});
