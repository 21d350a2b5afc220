import { readFileSync } from 'node:fs';
import { limits } from '@trainer/contract/limits';
import type { SourceId } from '@trainer/contract/sources';
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { finish, progressOf, take } from '../../testing/a-runner.ts';
import { announceVersion, uploadMissing } from '../../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { parseExposition } from '../../testing/parse-exposition.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { statements } from './read-figures.ts';

async function fresh() {
  const app = await createTestApp();
  onTestFinished(app.close);
  const start = (sources: SourceId[]) =>
    app.as('trigger')('POST /api/build/start', { body: { sources, queue: true } });
  return { app, runner: app.as('runner'), start, scrape: () => scrape(app) };
}

/** Every sample by its name with its labels, as Prometheus would show it. */
async function scrape({ as }: TestApp): Promise<Record<string, number>> {
  const metrics = parseExposition(await (await as('read')('GET /metrics')).text());
  return Object.fromEntries(
    [...metrics].flatMap(([name, { samples }]) =>
      [...samples].map(([labels, value]) => [labels ? `${name}{${labels}}` : name, value]),
    ),
  );
}

/** Publishes a version under a leased publish task. */
async function publish(app: TestApp, version: string): Promise<void> {
  const lease = await take(app.as('runner'));
  await uploadMissing(app.as('runner'), announceVersion(version, { bytes: 500 }), {
    taskId: lease.task_id,
    fence: lease.fence,
  });
  await app.as('runner')('POST /api/leases/{task}/version/publish', {
    params: { task: lease.task_id },
    body: { fence: lease.fence },
  });
  await finish(app.as('runner'), lease);
}

describe('the metrics', () => {
  it('can be read before anything has happened, and say nothing that is not known', async () => {
    const { scrape } = await fresh();
    const samples = await scrape();
    expect(samples).toMatchObject({
      'trainer_runs_finished_total{status="completed"}': 0,
      'trainer_runs_unfinished{status="queued"}': 0,
      trainer_run_waiting_seconds: 0,
      trainer_leases_held: 0,
      trainer_runners_online: 0,
      trainer_versions_visible: 0,
      trainer_log_lines_total: 0,
      trainer_log_lines_stored: 0,
    });
    const names = Object.keys(samples).join('\n');
    expect(names).not.toMatch(/_age_seconds|_silence_|trainer_version_|trainer_source_|trainer_tasks/);
  });

  it('follow a run from the queue to its version', async () => {
    const { app, runner, start, scrape } = await fresh();
    const { clock } = app;
    await start(['stashdb', 'boobpedia']);
    clock.advance(2_000);
    await start(['folder']);
    const lease = await take(runner);
    clock.advance(3_000);
    expect(await scrape()).toMatchObject({
      'trainer_runs_unfinished{status="running"}': 1,
      'trainer_runs_unfinished{status="queued"}': 1,
      trainer_run_waiting_seconds: 3,
      trainer_run_queue_seconds: 0,
      trainer_run_number: 1,
      'trainer_tasks{kind="ingest",status="leased"}': 1,
      'trainer_tasks{kind="enrich",status="ready"}': 1,
      'trainer_tasks{kind="publish",status="waiting"}': 1,
      'trainer_tasks{kind="publish",status="done"}': 0,
      trainer_leases_held: 1,
      trainer_lease_age_seconds: 3,
      trainer_lease_silence_seconds: 3,
      trainer_runners_online: 1,
      'trainer_runner_seen_age_seconds{runner_id="runner-1",runner="Attic"}': 3,
    });

    const progress = progressOf({
      performers_processed: 40,
      images: 90,
      faces_added: 55,
      rejections: { blurred: 7, no_face: 28 },
      errors: 2,
      requests: 130,
      bytes: 1_000_000,
      waited_ms: 1_500,
      hosts: {
        'stashdb.org': {
          requests: 130,
          browser_requests: 0,
          bytes: 1,
          failures: 0,
          off_limits: 0,
          waited_ms: 0,
          refusals: {},
        },
      },
    });
    const { task_id: task, fence } = lease;
    await runner('POST /api/leases/{task}/heartbeat', { params: { task }, body: { fence, progress } });
    await runner('POST /api/leases/{task}/logs', {
      params: { task },
      body: { fence, lines: ['one', 'two'].map((message, at) => aLine(at + 1, message)) },
    });
    clock.advance(4_000);
    expect(await scrape()).toMatchObject({
      trainer_lease_age_seconds: 7,
      trainer_lease_silence_seconds: 4,
      'trainer_source_run_number{source="stashdb",kind="ingest",status="leased"}': 1,
      'trainer_source_performers_processed{source="stashdb"}': 40,
      'trainer_source_images{source="stashdb"}': 90,
      'trainer_source_images_retired{source="stashdb"}': 0,
      'trainer_source_faces_added{source="stashdb"}': 55,
      'trainer_source_rejections{source="stashdb",reason="blurred"}': 7,
      'trainer_source_rejections{source="stashdb",reason="no_face"}': 28,
      'trainer_source_errors{source="stashdb"}': 2,
      'trainer_source_requests{source="stashdb"}': 130,
      'trainer_source_received_bytes{source="stashdb"}': 1_000_000,
      'trainer_source_waited_seconds{source="stashdb"}': 1.5,
      trainer_log_lines_total: 6,
      // Two of the runner's, and four of the control plane's own.
      trainer_log_lines_stored: 6,
    });

    await runner('POST /api/leases/{task}/complete', {
      params: { task },
      body: { fence, outcome: 'done', progress },
    });
    await finish(runner, await take(runner));
    await publish(app, '2026.01.01');
    clock.advance(60_000);
    const after = await scrape();
    expect(after).toMatchObject({
      'trainer_runs_finished_total{status="completed"}': 1,
      'trainer_run_finished_age_seconds{status="completed"}': 60,
      'trainer_runs_unfinished{status="queued"}': 0,
      'trainer_runs_unfinished{status="running"}': 1,
      trainer_run_queue_seconds: 7,
      trainer_run_number: 2,
      trainer_versions_visible: 1,
      trainer_version_performers: 2,
      trainer_version_faces: 5,
      // The clock began at the moment that the manifest says it was made.
      trainer_version_age_seconds: 69,
      'trainer_source_faces_added{source="stashdb"}': 55,
      trainer_runners_online: 0,
    });
    const [version] = await app.as('read')('GET /api/versions');
    expect(after.trainer_version_bytes).toBe(version?.artifacts.reduce((sum, { size }) => sum + size, 0));
  });

  it('tell a lease that lapsed from one that lives', async () => {
    const { app, runner, start, scrape } = await fresh();
    await start(['folder']);
    await take(runner);
    app.clock.advance(limits.firstHeartbeatMs);
    const samples = await scrape();
    expect(samples).toMatchObject({ trainer_leases_held: 0, trainer_leases_lapsed: 1 });
    expect(Object.keys(samples).join()).not.toMatch(/trainer_lease_(age|silence)/);
  });

  it('count from the newest run that worked on a source, and not from one that has yet to', async () => {
    const { runner, start, scrape } = await fresh();
    const work = async (faces: number) => {
      const { task_id: task, fence } = await take(runner);
      const progress = progressOf({ faces_added: faces });
      await runner('POST /api/leases/{task}/complete', {
        params: { task },
        body: { fence, outcome: 'failed', reason: 'the site is down', progress },
      });
    };
    await start(['stashdb']);
    await work(5);
    await start(['stashdb', 'boobpedia']);
    await work(9);
    await start(['boobpedia']);
    const samples = await scrape();
    expect(samples).toMatchObject({
      'trainer_source_run_number{source="stashdb",kind="ingest",status="failed"}': 2,
      'trainer_source_faces_added{source="stashdb"}': 9,
    });
    expect(Object.keys(samples).join()).not.toContain('boobpedia');
  });

  it('go on counting log lines that retention has dropped', async () => {
    const { app, scrape } = await fresh();
    const { db } = app.deps;
    for (const id of [1, 2, 3, 4]) {
      await db.run(sql`INSERT INTO log_lines (time, level, message, fields, stored_at, end_byte)
        VALUES ('', 1, '', '{}', 0, ${id * 100})`);
    }
    await db.run(sql`DELETE FROM log_lines WHERE id < 3`);
    expect(await scrape()).toMatchObject({
      trainer_log_lines_total: 4,
      trainer_log_lines_stored: 2,
      trainer_log_stored_bytes: 100,
    });
    await db.run(sql`DELETE FROM log_lines`);
    expect(await scrape()).toMatchObject({ trainer_log_lines_total: 4, trainer_log_lines_stored: 0 });
  });

  it('want a token that may read', async () => {
    const { app } = await fresh();
    expect(await problemOf(await app.request('/metrics'))).toMatchObject({ code: 'unauthenticated' });
    const response = await app.request('/metrics', {
      headers: { authorization: `Bearer ${app.tokens.read}` },
    });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('look where the few rows are that they need, and not through all that ever were', async () => {
    const { app } = await fresh();
    const plans = await Promise.all(
      statements(app.deps.db).map((statement) =>
        app.deps.db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${statement.getSQL()}`),
      ),
    );
    const plan = plans.map((steps) => steps.map(({ detail }) => detail).join('\n'));
    expect(plan[0]).toBe('SCAN runs USING COVERING INDEX runs_by_status');
    expect(plan[2]).toMatch(/^SEARCH tasks USING INDEX sqlite_autoindex_tasks_2 \(run_id=\?\)/);
    expect(plan[3]).toBe('SCAN tasks USING INDEX tasks_leased');
    expect(plan[5]).toMatch(/USING COVERING INDEX versions_visible$/);
    expect(plan[6]).toMatch(/USING INDEX versions_visible\n/);
    expect(plan.at(-1)).toMatch(/SEARCH begun USING INDEX tasks_of_source \(source=\?\)/);
  });

  it('are all described in the manual', async () => {
    const { app } = await fresh();
    const metrics = parseExposition(await (await app.as('read')('GET /metrics')).text());
    const manual = readFileSync(new URL('../../../docs/operating/metrics.md', import.meta.url), 'utf8');
    const described = new Set(manual.match(/^\| `trainer_[a-z_]+/gm)?.map((cell) => cell.slice(3)));
    expect([...described].sort()).toEqual([...metrics.keys()].sort());
  });
});

function aLine(seq: number, message: string) {
  return { seq, time: '2026-01-01T00:00:00Z', level: 'info' as const, source: null, message };
}
