// Runs in the project http too.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '@trainer/contract/client';
import type { NewSchedule } from '@trainer/contract/schedules';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { take } from '../../testing/a-runner.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { runDueSchedules } from './run-due-schedules.ts';

// What happens between two statements is arranged from inside, and days pass in steps of ten minutes: hundreds of requests.

const hour = 60 * 60_000;
const minute = 60_000;

let app: NodeApp;
let admin: Call;
beforeEach(async () => {
  app = await createNodeApp();
  admin = app.as('admin');
});
afterEach(() => app.close());

/** At 03:00 UTC, three hours after the clock of the tests begins. */
const add = (over: Partial<NewSchedule> = {}) =>
  admin('POST /api/schedules', {
    body: { name: 'Nightly', cron: '0 3 * * *', params: { sources: ['stashdb'] }, ...over },
  });
const stop = async () => {
  await admin('POST /api/build/stop', { body: {} });
};
const runs = () => admin('GET /api/runs', { query: {} });
/** Lets time pass while nobody looks after schedules, then looks. */
const after = async (ms: number) => {
  app.clock.advance(ms);
  await runDueSchedules(app.deps);
};

describe('a schedule that is due', () => {
  it('starts what it asks for now when it is changed between the look and the start', async () => {
    const { id } = await add();
    const body = { name: 'Nightly', cron: '0 3 * * *', params: { sources: ['folder' as const] } };
    app.clock.advance(3 * hour);
    const client = app.deps.db.$client;
    const batch = client.batch.bind(client);
    vi.spyOn(client, 'batch').mockImplementationOnce(async (...statements) => {
      await admin('PUT /api/schedules/{id}', { params: { id }, body });
      return batch(...statements);
    });
    await runDueSchedules(app.deps);
    expect(await runs()).toEqual([]);
    await after(5_000);
    expect(await runs()).toMatchObject([{ params: { sources: ['folder'] } }]);
  });
});

describe('an occurrence when the clocks change', () => {
  /** Goes through the days up to the next in steps of 10 min, ending every run at once. */
  async function starts(cron: string, from: string, hours: number): Promise<string[]> {
    app.clock.advance(Date.parse(from) - app.clock.now());
    await add({ cron, time_zone: 'Europe/Berlin' });
    const seen: string[] = [];
    for (let step = 0; step < hours * 6; step += 1) {
      await after(10 * minute);
      const [newest] = await runs();
      if (newest?.status !== 'running') continue;
      seen.push(newest.created_at.slice(5, 16));
      await stop();
    }
    return seen;
  }

  it('starts a run right after a jump forward over its time', async () => {
    expect(await starts('30 2 * * *', '2026-03-28T22:00:00Z', 28)).toEqual(['03-29T01:00', '03-30T00:30']);
  });

  it('starts one run when its time comes twice', async () => {
    expect(await starts('30 2 * * *', '2026-10-24T22:00:00Z', 28)).toEqual(['10-25T00:30', '10-26T01:30']);
  });

  it('starts one run for each of several times of day, although one of them comes twice', async () => {
    expect(await starts('30 2,14 * * *', '2026-10-24T22:00:00Z', 18)).toEqual(['10-25T00:30', '10-25T13:30']);
  });

  it('starts a run for each of several times of day, although a jump leaves one out', async () => {
    expect(await starts('30 2,14 * * *', '2026-03-28T22:00:00Z', 18)).toEqual(['03-29T01:00', '03-29T12:30']);
  });

  it('starts a run in each of the two hours when it is hourly', async () => {
    expect(await starts('0 * * * *', '2026-10-24T23:30:00Z', 3)).toEqual([
      '10-25T00:00',
      '10-25T01:00',
      '10-25T02:00',
    ]);
  });
});

describe('several callers', () => {
  it('start one run together from several processes on one database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'schedules-'));
    const databasePath = join(folder, 'control-plane.db');
    const apps = await Promise.all([createNodeApp({ databasePath }), createNodeApp({ databasePath })]);
    const [one, two] = apps;
    await one.as('admin')('POST /api/schedules', { body: { name: 'Hourly', cron: '0 * * * *' } });
    for (let hours = 1; hours <= 5; hours += 1) {
      for (const each of apps) each.clock.advance(hour);
      await Promise.all([...apps, ...apps, ...apps].map((each) => runDueSchedules(each.deps)));
      await two.as('admin')('POST /api/build/stop', { body: {} });
    }
    expect(await one.as('read')('GET /api/runs', { query: {} })).toHaveLength(5);
    for (const each of apps) await each.close();
    rmSync(folder, { recursive: true });
  });

  it('cost one read when nothing is due', async () => {
    await add();
    const execute = vi.spyOn(app.deps.db.$client, 'execute');
    await runDueSchedules(app.deps);
    expect(execute).toHaveBeenCalledTimes(1);
  });
});

describe('a crash', () => {
  it('right after the transaction leaves a run that is begun later, and no second one', async () => {
    await add();
    app.clock.advance(3 * hour);
    const record = () => Promise.reject(new Error('power cut'));
    await expect(runDueSchedules({ ...app.deps, record })).rejects.toThrow('power cut');
    await after(minute);
    expect(await runs()).toMatchObject([{ id: 1, status: 'running' }]);
    expect((await take(app.as('runner'))).task_id).toBe('1.stashdb');
  });
});
