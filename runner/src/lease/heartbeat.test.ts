import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyProgress } from '@trainer/contract/progress';
import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { htmlPage, problem, silence } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { waitFor } from '../../testing/lease/start-test-runner.ts';
import { createApi } from '../control/api.ts';
import { createLogger, type LogEntry } from '../logs/logger.ts';
import { beatLease, longestTryMs } from './beat-lease.ts';
import { type FromHeartbeat, startHeartbeat } from './heartbeat.ts';

const beatRoute = 'POST /api/leases/{task}/heartbeat';
const held = { taskId: '1.stashdb', fence: 1, heartbeatMs: 40, ttlMs: hangLimits.testMs };

async function startBeats({
  isWedged = () => false,
  ...over
}: Partial<typeof held> & { isWedged?: () => boolean } = {}) {
  const server = await startFakeControlPlane();
  const told: FromHeartbeat[] = [];
  const beaten: FromHeartbeat[] = [];
  const tell = (message: FromHeartbeat) => (message.kind === 'beaten' ? beaten : told).push(message);
  const task = server.offer(fakeLease('1.stashdb'));
  const lease = { ...held, ...over };
  const timeoutMsOf = () => longestTryMs(lease);
  const api = createApi({ baseUrl: server.url, token: server.token, timeoutMsOf });
  const beats = beatLease(lease, { api, tell, isWedged });
  return {
    server,
    told,
    beaten,
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

  it('tells of its first answered beat, once', async () => {
    await using lease = await startBeats();
    lease.server.failNext(beatRoute, htmlPage(502), 2);
    await waitFor(() => lease.beaten.length > 0);
    expect(lease.task.beats.length).toBeGreaterThan(0);
    await waitFor(() => lease.task.beats.length > 2);
    expect(lease.beaten).toEqual([{ kind: 'beaten', taskId: '1.stashdb', fence: 1 }]);
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

  it('has several goes within the life of a lease when a connection has gone silent', async () => {
    await using lease = await startBeats({ ttlMs: 600 });
    lease.server.failNext(beatRoute, silence, 3);
    await waitFor(() => lease.task.beats.length > 0);
    expect(lease.server.requestsTo(beatRoute).length).toBeGreaterThanOrEqual(4);
    expect(lease.told[0]).toMatchObject({ detail: expect.stringMatching(/no answer .* within 150 ms/) });
  });

  it('asks again no sooner than it was told to', async () => {
    await using lease = await startBeats();
    const askedAt: number[] = [];
    lease.server.override(beatRoute, () => {
      askedAt.push(performance.now());
      return askedAt.length === 1 ? { ...htmlPage(503), headers: { 'retry-after': '1' } } : undefined;
    });
    await waitFor(() => lease.task.beats.length > 0);
    const [first = 0, second = 0] = askedAt;
    // Timers count whole milliseconds.
    expect(second - first).toBeGreaterThan(990);
  });

  it('tells of the same trouble again when it comes back later, but not at every beat', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await using lease = await startBeats();
    lease.server.failNext(beatRoute, htmlPage(502), 2);
    await waitFor(() => lease.task.beats.length > 0);
    expect(lease.told).toHaveLength(1);
    vi.setSystemTime(Date.now() + 120_000);
    lease.server.failNext(beatRoute, htmlPage(502), 2);
    const before = lease.task.beats.length;
    await waitFor(() => lease.task.beats.length > before + 1);
    expect(lease.told.map(({ kind }) => kind)).toEqual(['trouble', 'trouble']);
  });

  it('does not wait for its time when there is something to hear', async () => {
    await using lease = await startBeats({ heartbeatMs: hangLimits.testMs });
    await waitFor(() => lease.task.beats.length === 1);
    lease.task.want = 'stop';
    lease.beats.hurry();
    await waitFor(() => lease.told.length > 0);
    expect(lease.told).toEqual([{ kind: 'stop', taskId: '1.stashdb', fence: 1 }]);
  });

  it('forgets no haste that was asked for while a beat was under way', async () => {
    await using lease = await startBeats({ heartbeatMs: hangLimits.testMs });
    lease.beats.hurry();
    await waitFor(() => lease.task.beats.length === 2);
  });

  it('ends while the main thread hangs, and comes back with it', async () => {
    let hangs = false;
    let skipped = 0;
    await using lease = await startBeats({
      isWedged: () => {
        if (hangs) skipped += 1;
        return hangs;
      },
    });
    await waitFor(() => lease.task.beats.length > 1);
    hangs = true;
    // The beat that was under way is over by then.
    await waitFor(() => skipped === 1);
    const before = lease.task.beats.length;
    await waitFor(() => skipped === 5);
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
      { baseUrl: server.url, token: 'wrong', file, wedgedAfterMs: hangLimits.waitMs },
      log,
    );
    server.offer(fakeLease('1.stashdb'));
    heartbeat.hold(held, { onBeaten: () => {}, onStop: () => {}, onLost: () => {} });
    await waitFor(() => said.length > 0);
    expect(said[0]?.message).toMatch(/does not accept this runner's token.*Set RUNNER_TOKEN/);
    expect(statSync(file).size).toBeGreaterThan(0);
    await heartbeat.close();
    rmSync(dir, { recursive: true });
  });
});
