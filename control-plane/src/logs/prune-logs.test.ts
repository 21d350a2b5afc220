import { asc } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveConfig } from '../config/save-config.ts';
import { logLines } from '../db/schema/logs.ts';
import { createTestApp, type TestApp } from '../testing/create-test-app.ts';
import { pruneLogs } from './prune-logs.ts';
import { recordLines } from './record-lines.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const kept = async () =>
  (await app.deps.db.select({ message: logLines.message }).from(logLines).orderBy(asc(logLines.id))).map(
    ({ message }) => message.slice(0, 8),
  );

describe('log retention', () => {
  it('drops lines that are older than the configuration keeps, by the clock of the control plane', async () => {
    await recordLines(app.deps, [{ level: 'info', message: 'first' }]);
    app.clock.advance(20 * DAY_MS);
    await recordLines(app.deps, [{ level: 'info', message: 'second' }]);
    expect(await pruneLogs(app.deps)).toBe(0);
    app.clock.advance(11 * DAY_MS);
    expect(await pruneLogs(app.deps)).toBe(1);
    expect(await kept()).toEqual(['second']);
  });

  it('drops the oldest lines beyond the configured size', async () => {
    await saveConfig(app.deps, { input: { retention: { log_max_mb: 1 } }, actor: 'test', ifMatch: '"0"' });
    for (let line = 1; line <= 300; line++) {
      await recordLines(app.deps, [{ level: 'info', message: `line ${line} `.padEnd(3_900, '.') }]);
    }
    expect(await pruneLogs(app.deps)).toBe(51);
    expect((await kept())[0]).toBe('line 52 ');
    expect(await pruneLogs(app.deps)).toBe(0);
  });

  it('goes in small steps, and never gives an id again', async () => {
    await recordLines(
      app.deps,
      Array.from({ length: 2_500 }, () => ({ level: 'debug' as const, message: 'x' })),
    );
    app.clock.advance(31 * DAY_MS);
    expect(await pruneLogs(app.deps)).toBe(2_500);
    await recordLines(app.deps, [{ level: 'info', message: 'after' }]);
    const [row] = await app.deps.db.select({ id: logLines.id }).from(logLines);
    expect(row?.id).toBe(2_501);
  });
});
