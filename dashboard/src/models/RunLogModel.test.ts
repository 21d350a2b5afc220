import { describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import { writeLog } from '../../testing/fake/write-log.ts';
import { LOG_LINES_MAX } from '../derive/fold-log-lines.ts';
import { RunLogModel } from './RunLogModel.ts';

async function openLog() {
  const made = fakeDashboard('running');
  const log = new RunLogModel(made.dashboard.connection, made.browser, 42);
  await made.browser.pass(100);
  return { ...made, log };
}

describe('the log of a run', () => {
  it('shows new lines in one go, soon after they came', async () => {
    const { browser, world, log } = await openLog();
    const before = log.lines.value;
    writeLog(world, 42, 20);
    expect(log.lines.value).toBe(before);
    await browser.pass(100);
    expect(log.lines.value.length).toBeGreaterThan(before.length);
  });

  it('reaches into the past when the filter changes', async () => {
    const { browser, log } = await openLog();
    log.filter({ level: 'error' });
    await browser.pass(100);
    expect(log.lines.value.length).toBeGreaterThan(0);
    expect(new Set(log.lines.value.map(({ level }) => level))).toEqual(new Set(['error']));
  });

  it('does not grow beyond its bound', async () => {
    const { browser, world, log } = await openLog();
    writeLog(world, 42, LOG_LINES_MAX * 2);
    await browser.pass(100);
    expect(log.lines.value).toHaveLength(LOG_LINES_MAX);
    expect(log.lines.value.at(-1)?.id).toBe(world.lines.findLast(({ level }) => level !== 'debug')?.id);
  });

  it('stops listening with its model', async () => {
    const { world, log } = await openLog();
    log[Symbol.dispose]();
    expect(world.logListeners.size).toBe(0);
  });
});
