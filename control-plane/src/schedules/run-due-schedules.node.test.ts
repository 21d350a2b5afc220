import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '@trainer/shared/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { take } from '../testing/a-runner.ts';
import { createNodeApp, type NodeApp } from '../testing/create-node-app.ts';
import { runDueSchedules } from './run-due-schedules.ts';

// What happens between two statements is arranged from inside.

const hour = 60 * 60_000;

let app: NodeApp;
let admin: Call;
beforeEach(async () => {
  app = await createNodeApp();
  admin = app.as('admin');
});
afterEach(() => app.close());

/** At 03:00 UTC, three hours after the clock of the tests begins. */
const add = () =>
  admin('POST /api/schedules', {
    body: { name: 'Nightly', cron: '0 3 * * *', params: { sources: ['stashdb'] } },
  });
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
    await after(60_000);
    expect(await runs()).toMatchObject([{ id: 1, status: 'running' }]);
    expect((await take(app.as('runner'))).task_id).toBe('1.stashdb');
  });
});
