import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import type { NewSchedule } from '@trainer/contract/schedules';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

const hour = 60 * 60_000;
const minute = 60_000;

let app: TestApp;
let admin: Call;
beforeEach(async () => {
  app = await createTestApp();
  admin = app.as('admin');
});
afterEach(() => app.close());

/** At 03:00 UTC, three hours after the clock of the tests begins. */
const add = (over: Partial<NewSchedule> = {}) =>
  admin('POST /api/schedules', {
    body: { name: 'Nightly', cron: '0 3 * * *', params: { sources: ['stashdb'] }, ...over },
  });
const runs = () => admin('GET /api/runs', { query: {} });
const schedule = async (index = 0) => (await admin('GET /api/schedules'))[index];
const stop = async () => {
  await admin('POST /api/build/stop', { body: {} });
};
const lookAfter = () => app.keepHouse('Starting what is due');
/** Lets time pass while nobody looks after schedules, then looks. */
const after = async (ms: number) => {
  app.clock.advance(ms);
  await lookAfter();
};

describe('a schedule that is due', () => {
  it('starts a run at its time, not before and not twice', async () => {
    await add();
    await after(3 * hour - 1);
    expect(await runs()).toEqual([]);
    await after(1);
    await after(5_000);
    expect(await runs()).toMatchObject([
      {
        id: 1,
        status: 'running',
        requested_by: 'schedule Nightly',
        params: { sources: ['stashdb'], model_pack: 'stash-sense' },
      },
    ]);
    expect(await schedule()).toMatchObject({
      last: { at: '2026-01-01T03:00:00.000Z', outcome: 'started', words: 'started run 1', run_id: 1 },
      next: { 0: '2026-01-02T03:00:00.000Z' },
    });
    expect((await app.recorded()).map(({ message }) => message)).toContain(
      'Schedule 1 (Nightly) started run 1',
    );
    expect((await take(app.as('runner'))).task_id).toBe('1.stashdb');
  });

  it('freezes the configuration as it is then', async () => {
    await add({ params: {} });
    await admin('PUT /api/config', {
      headers: { 'if-match': '"0"' },
      body: { faces: { min_face_px: 99 }, sources: { theporndb: { enabled: false } } },
    });
    await after(3 * hour);
    expect((await runs())[0]).toMatchObject({ config_revision: 1, params: { sources: ['stashdb'] } });
    expect((await take(app.as('runner'))).config.faces.min_face_px).toBe(99);
  });

  it('is skipped while another run is active or queued, and says which', async () => {
    await add();
    await admin('POST /api/build/start', { body: { sources: ['folder'] } });
    await after(3 * hour);
    expect(await runs()).toHaveLength(1);
    expect(await schedule()).toMatchObject({
      last: { outcome: 'skipped', words: 'skipped: run 1 was still running', run_id: null },
      next: { 0: '2026-01-02T03:00:00.000Z' },
    });
    expect((await app.recorded()).at(-1)).toMatchObject({
      level: 'warn',
      message: 'Schedule 1 (Nightly) skipped: run 1 was still running',
    });
    await after(5_000);
    expect(await runs()).toHaveLength(1);
  });

  it('is not kept back by a run that is over but for its last step', async () => {
    await add();
    await admin('POST /api/build/start', { body: { sources: ['folder'] } });
    await take(app.as('runner'));
    await stop();
    await after(3 * hour);
    expect((await runs()).map(({ id, status }) => [id, status])).toEqual([
      [2, 'running'],
      [1, 'cancelled'],
    ]);
  });

  it('is one of several at the same time: the first of them starts', async () => {
    await add();
    await add({ name: 'Also' });
    await after(3 * hour);
    expect((await schedule(0))?.last?.words).toBe('started run 1');
    expect((await schedule(1))?.last?.words).toBe('skipped: run 1 was still running');
  });

  it('waits for the next call when too many come at once, and none is forgotten', async () => {
    for (let each = 0; each < 12; each += 1) await add({ name: `Number ${each}` });
    await after(3 * hour);
    for (let call = 2; call <= 4; call += 1) await after(5_000);
    const all = await admin('GET /api/schedules');
    expect(all.filter(({ last }) => last?.outcome === 'skipped')).toHaveLength(11);
    expect(await runs()).toHaveLength(1);
  });

  it('says plainly why it cannot start when its parameters no longer fit, and the others go on', async () => {
    await add({ params: {} });
    await add({ name: 'Folder', params: { sources: ['folder'] } });
    await admin('PUT /api/config', {
      headers: { 'if-match': '"0"' },
      body: { sources: { stashdb: { enabled: false }, theporndb: { enabled: false } } },
    });
    await after(3 * hour);
    expect((await schedule(0))?.last).toEqual({
      at: '2026-01-01T03:00:00.000Z',
      outcome: 'skipped',
      words: 'skipped: sources: names none, and the configuration enables none. Name some, or enable them.',
      run_id: null,
    });
    expect((await schedule(1))?.last?.words).toBe('started run 1');
  });

  it('is left alone while it is switched off, and comes again from when it is switched on', async () => {
    const { id } = await add();
    const change = (over: Partial<NewSchedule>) =>
      admin('PUT /api/schedules/{id}', {
        params: { id },
        body: { name: 'Nightly', cron: '0 3 * * *', ...over },
      });
    await change({ enabled: false });
    await after(30 * hour);
    expect(await runs()).toEqual([]);
    await change({ enabled: true });
    expect(await schedule()).toMatchObject({ last: null, next: { 0: '2026-01-03T03:00:00.000Z' } });
    await after(21 * hour);
    expect(await runs()).toHaveLength(1);
  });

  it('does not lose an occurrence to a change in the same moment, unless its time is changed', async () => {
    const { id } = await add();
    const body = { name: 'Renamed', cron: '0 3 * * *', params: { sources: ['folder' as const] } };
    app.clock.advance(3 * hour);
    await admin('PUT /api/schedules/{id}', { params: { id }, body });
    await lookAfter();
    expect(await runs()).toMatchObject([
      { requested_by: 'schedule Renamed', params: { sources: ['folder'] } },
    ]);
    await stop();
    app.clock.advance(24 * hour);
    await admin('PUT /api/schedules/{id}', { params: { id }, body: { ...body, cron: '0 4 * * *' } });
    await lookAfter();
    expect(await runs()).toHaveLength(1);
  });

  it('leaves its runs behind when it is removed', async () => {
    const { id } = await add();
    await after(3 * hour);
    await admin('DELETE /api/schedules/{id}', { params: { id } });
    expect(await runs()).toMatchObject([{ requested_by: 'schedule Nightly' }]);
  });
});

describe('an occurrence while the control plane was down', () => {
  it('is started all the same within the grace', async () => {
    await add();
    await after(3 * hour + limits.scheduleGraceMs);
    expect((await schedule())?.last?.words).toBe('started run 1');
  });

  it('is missed after it, and the next one comes at its time', async () => {
    await add();
    await after(3 * hour + limits.scheduleGraceMs + 1);
    expect(await runs()).toEqual([]);
    expect(await schedule()).toMatchObject({
      last: {
        at: '2026-01-01T03:00:00.000Z',
        outcome: 'missed',
        words: 'missed while the control plane was down',
        run_id: null,
      },
      next: { 0: '2026-01-02T03:00:00.000Z' },
    });
    expect((await app.recorded()).at(-1)).toMatchObject({
      level: 'warn',
      message: 'Schedule 1 (Nightly) missed while the control plane was down',
    });
    await after(24 * hour - limits.scheduleGraceMs);
    expect((await schedule())?.last?.words).toBe('started run 1');
  });

  it('is made up for by one run, however many there were, where that is wanted', async () => {
    await add({ missed: 'run_once' });
    await after(10 * 24 * hour);
    await after(minute);
    expect(await runs()).toHaveLength(1);
    expect(await schedule()).toMatchObject({
      last: {
        at: '2026-01-10T03:00:00.000Z',
        words: 'started run 1 (late: the control plane was down at its time)',
      },
      next: { 0: '2026-01-11T03:00:00.000Z' },
    });
  });

  it('is not made up for while another run is active', async () => {
    await add({ missed: 'run_once' });
    await admin('POST /api/build/start', { body: { sources: ['folder'] } });
    await after(5 * hour);
    expect((await schedule())?.last?.words).toBe('skipped: run 1 was still running');
  });

  it('does not keep back a later one that is still within the grace', async () => {
    await add({ cron: '0 * * * *' });
    await after(4 * hour + minute);
    expect((await schedule())?.last).toMatchObject({
      at: '2026-01-01T04:00:00.000Z',
      words: 'started run 1 (those before were missed while the control plane was down)',
    });
  });
});

describe('several callers', () => {
  it('start one run together', async () => {
    await add();
    app.clock.advance(3 * hour);
    await Promise.all(Array.from({ length: 20 }, () => lookAfter()));
    expect(await runs()).toHaveLength(1);
    expect((await schedule())?.last?.words).toBe('started run 1');
    const said = (await app.recorded()).filter(
      ({ message }) => message === 'Schedule 1 (Nightly) started run 1',
    );
    expect(said).toHaveLength(1);
  });
});

describe('a crash', () => {
  it('within the transaction leaves no run, and the next call starts it', async () => {
    await add();
    const client = app.deps.db.$client;
    await client.execute(
      "CREATE TRIGGER power_cut BEFORE UPDATE ON schedules BEGIN SELECT RAISE(ABORT, 'power cut'); END",
    );
    app.clock.advance(3 * hour);
    await expect(lookAfter()).rejects.toThrow();
    expect(await runs()).toEqual([]);
    await client.execute('DROP TRIGGER power_cut');
    await after(minute);
    expect((await schedule())?.last?.words).toBe('started run 1');
  });

  it('that sets the clock back does not start the same occurrence again', async () => {
    const { id } = await add();
    await after(3 * hour);
    await stop();
    app.clock.advance(-2 * hour);
    const body = { name: 'Nightly', cron: '0 3 * * *', enabled: false };
    await admin('PUT /api/schedules/{id}', { params: { id }, body });
    await admin('PUT /api/schedules/{id}', { params: { id }, body: { ...body, enabled: true } });
    await after(2 * hour);
    expect(await runs()).toHaveLength(1);
  });
});
