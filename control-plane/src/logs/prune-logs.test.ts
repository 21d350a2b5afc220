import { asc } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { saveConfig } from '../config/save-config.ts';
import type { OwnLine } from '../context/deps.ts';
import { logLines } from '../db/schema/logs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const lines = (count: number, message: (line: number) => string): OwnLine[] =>
  Array.from({ length: count }, (_, index) => ({ level: 'info', message: message(index + 1) }));

const kept = async () =>
  (await app.deps.db.select({ message: logLines.message }).from(logLines).orderBy(asc(logLines.id))).map(
    ({ message }) => message.slice(0, 8),
  );

describe('log retention', () => {
  it('drops lines that are older than the configuration keeps, by the clock of the control plane', async () => {
    await app.record({ level: 'info', message: 'first' });
    app.clock.advance(20 * DAY_MS);
    await app.record({ level: 'info', message: 'second' });
    expect(await app.keepHouse('Pruning logs')).toBe(0);
    app.clock.advance(11 * DAY_MS);
    expect(await app.keepHouse('Pruning logs')).toBe(1);
    expect(await kept()).toEqual(['second']);
  });

  it('drops the oldest lines beyond the configured size', async () => {
    await saveConfig(app.deps, { input: { retention: { log_max_mb: 1 } }, actor: 'test', ifMatch: '"0"' });
    await app.record(...lines(300, (line) => `line ${line} `.padEnd(3_900, '.')));
    expect(await app.keepHouse('Pruning logs')).toBe(51);
    expect((await kept())[0]).toBe('line 52 ');
    expect(await app.keepHouse('Pruning logs')).toBe(0);
  });

  it('goes in small steps, and never gives an id again', async () => {
    await app.record(...lines(2_500, () => 'x'));
    app.clock.advance(31 * DAY_MS);
    expect(await app.keepHouse('Pruning logs')).toBe(2_500);
    await app.record({ level: 'info', message: 'after' });
    const [row] = await app.deps.db.select({ id: logLines.id }).from(logLines);
    expect(row?.id).toBe(2_501);
  });
});
