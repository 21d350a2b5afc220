import { limits } from '@trainer/contract/limits';
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aRunner, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

async function fresh(...over: Parameters<typeof createTestApp>) {
  const app = await createTestApp(...over);
  onTestFinished(app.close);
  return app;
}

async function warningsOf(app: TestApp): Promise<string[]> {
  const { warnings } = await app.as('read')('GET /readyz');
  // What was found is kept for a moment.
  app.clock.advance(5_000);
  return warnings;
}

describe('readiness', () => {
  it('says of what', async () => {
    const app = await fresh();
    expect(await app.as('read')('GET /readyz')).toEqual({
      status: 'ready',
      checks: { database: 'can be used', 'version store': 'can be used' },
      warnings: [],
    });
  });

  it.each([
    [
      'older',
      sql`DELETE FROM migrations WHERE number > 5`,
      /has schema 5, and this program needs \d+\. The next start/,
    ],
    ['newer', sql`INSERT INTO migrations VALUES (9999, 'x', 0)`, /has schema 9999, .* restore a backup/],
  ])('needs its own schema, and says what to do about an %s one', async (_, change, sentence) => {
    const app = await fresh();
    await app.deps.db.run(change);
    const { status, detail } = await problemOf(await app.request('/readyz'));
    expect(status).toBe(503);
    expect(detail).toMatch(sentence);
  });

  it('warns of a run without a runner', async () => {
    const app = await fresh();
    await app.as('trigger')('POST /api/build/start', { body: { sources: ['folder'] } });
    expect(await warningsOf(app)).toEqual([
      'Run 1 waits and no runner has ever connected: start one with "npm run runner -- start".',
    ]);
    await app.as('runner')('POST /api/leases', { body: { ...aRunner({ free_slots: 0 }), wait_ms: 0 } });
    expect(await warningsOf(app)).toEqual([]);
    app.clock.advance(60_000);
    expect(await warningsOf(app)).toEqual([
      expect.stringMatching(
        /^Run 1 waits and no runner has connected since 2026-01-01T00:00:05\.000Z: start/,
      ),
    ]);
  });

  it('warns of a runner that takes no work while a run waits, with its reason', async () => {
    const app = await fresh();
    const paused =
      'The disk of /data has 20 MB free, and 500 MB must stay free (MIN_FREE_MB): make room there';
    const ask = () =>
      app.as('runner')('POST /api/leases', { body: { ...aRunner({ free_slots: 0, paused }), wait_ms: 0 } });
    await ask();
    expect(await warningsOf(app)).toEqual([]);
    await app.as('trigger')('POST /api/build/start', { body: { sources: ['folder'] } });
    await ask();
    expect(await warningsOf(app)).toEqual([`Runner Attic takes no work. ${paused}.`]);
    expect(await app.as('read')('GET /api/runners')).toMatchObject([{ paused, free_slots: 0 }]);
  });

  it('warns when the housekeeping does not run', async () => {
    const app = await fresh();
    await app.as('trigger')('POST /api/build/start', { body: { sources: ['folder'] } });
    await take(app.as('runner'));
    app.clock.advance(limits.firstHeartbeatMs + 179_000);
    expect(await warningsOf(app)).toHaveLength(1);
    app.clock.advance(1_000);
    expect(await warningsOf(app)).toContainEqual(
      expect.stringMatching(/^A lease expired at 2026-01-01T00:00:30\.000Z and was not reclaimed: .* cron/),
    );
  });
});
