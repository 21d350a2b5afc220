import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyProgress } from '@trainer/shared/progress';
import { describe, expect, it } from 'vitest';
import { htmlPage, problem } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createApi } from '../control/api.ts';
import { createLogger, type LogEntry } from '../logs/logger.ts';
import { beatLease } from './beat-lease.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { FromHeartbeat } from './heartbeat-messages.ts';
import { waitFor } from './testing/start-test-runner.ts';

const beatRoute = 'POST /api/leases/{task}/heartbeat';
const held = { taskId: '1.stashdb', fence: 1, heartbeatMs: 40 };

async function startBeats(isWedged = () => false) {
  const server = await startFakeControlPlane();
  const told: FromHeartbeat[] = [];
  const task = server.offer(fakeLease('1.stashdb'));
  const api = createApi({ baseUrl: server.url, token: server.token });
  const beats = beatLease(held, { api, tell: (message) => told.push(message), isWedged });
  return {
    server,
    told,
    task,
    beats,
    async [Symbol.asyncDispose]() {
      beats.end();
      await server.close();
    },
  };
}

describe('the heartbeat of a lease', () => {
  it('begins at once and carries each report once', async () => {
    await using lease = await startBeats();
    lease.beats.report({ ...emptyProgress(), images: 5 });
    await waitFor(() => lease.task.progress.images === 5 && lease.task.beats.length > 2);
    const reports = lease.server
      .requestsTo(beatRoute)
      .filter(({ body }) => JSON.stringify(body).includes('images'));
    expect(reports).toHaveLength(1);
  });

  it('goes on through error pages, and brings the report that could not arrive', async () => {
    await using lease = await startBeats();
    lease.server.failNext(beatRoute, htmlPage(502), 2);
    lease.beats.report({ ...emptyProgress(), images: 5 });
    await waitFor(() => lease.task.progress.images === 5);
    expect(lease.told.map(({ kind }) => kind)).toEqual(['trouble']);
  });

  it('keeps the lease when its report is refused', async () => {
    await using lease = await startBeats();
    lease.server.override(beatRoute, ({ body }) =>
      JSON.stringify(body).includes('images')
        ? problem('impossible_report', 'More faces than images.')
        : undefined,
    );
    lease.beats.report(emptyProgress());
    await waitFor(() => lease.task.beats.length > 2);
    expect(lease.told).toEqual([{ kind: 'trouble', taskId: '1.stashdb', detail: 'More faces than images.' }]);
  });

  it('tells of a stop once, and of a lost lease once, after which it is silent', async () => {
    await using lease = await startBeats();
    lease.task.want = 'stop';
    await waitFor(() => lease.task.beats.length > 3);
    lease.server.takeAway('1.stashdb');
    await waitFor(() => lease.told.length === 2);
    const asked = lease.server.requestsTo(beatRoute).length;
    await sleep(120);
    expect(lease.told.map(({ kind }) => kind)).toEqual(['stop', 'lost']);
    expect(lease.server.requestsTo(beatRoute)).toHaveLength(asked);
  });

  it('ends while the main thread hangs, and comes back with it', async () => {
    let hangs = false;
    await using lease = await startBeats(() => hangs);
    await waitFor(() => lease.task.beats.length > 1);
    hangs = true;
    await sleep(60);
    const before = lease.task.beats.length;
    await sleep(200);
    expect(lease.task.beats.length).toBe(before);
    hangs = false;
    await waitFor(() => lease.task.beats.length > before);
  });
});

describe('the heartbeat’s thread', () => {
  it('says so when the token is refused, and touches its file', async () => {
    await using server = await startFakeControlPlane();
    const dir = mkdtempSync(join(tmpdir(), 'heartbeat-'));
    const file = join(dir, 'heartbeat');
    const said: LogEntry[] = [];
    const log = createLogger({ sinks: [(entry) => said.push(entry)], redact: (text) => text });
    const heartbeat = startHeartbeat(
      { baseUrl: server.url, token: 'wrong', file, wedgedAfterMs: 5_000 },
      log,
    );
    server.offer(fakeLease('1.stashdb'));
    heartbeat.hold(held, { onStop: () => {}, onLost: () => {} });
    await waitFor(() => said.length > 0);
    expect(said[0]?.message).toMatch(/does not accept this runner's token.*Set RUNNER_TOKEN/);
    expect(statSync(file).size).toBeGreaterThan(0);
    await heartbeat.close();
    rmSync(dir, { recursive: true });
  });
});
