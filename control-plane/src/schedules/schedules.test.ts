import type { Call } from '@trainer/contract/client';
import type { NewSchedule } from '@trainer/contract/schedules';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

let app: TestApp;
let admin: Call;
beforeEach(async () => {
  app = await createTestApp();
  admin = app.as('admin');
});
afterEach(() => app.close());

const nightly = { name: 'Nightly', cron: '0 3 * * *', time_zone: 'Europe/Berlin' };
const add = (over: Partial<NewSchedule> = {}) =>
  admin('POST /api/schedules', { body: { ...nightly, ...over } });
const change = (id: number, over: Partial<NewSchedule> = {}) =>
  admin('PUT /api/schedules/{id}', { params: { id }, body: { ...nightly, ...over } });
const list = () => app.as('read')('GET /api/schedules');
const preview = (cron: string, time_zone?: string) =>
  app.as('read')('GET /api/schedules/preview', { query: { cron, time_zone } });

describe('a schedule', () => {
  it('is added with what is left out at its default, and says when it comes', async () => {
    const added = await add({ name: ' Nightly ', cron: ' 0  3 * *\t* ', params: { sources: ['stashdb'] } });
    expect(added).toEqual({
      id: 1,
      ...nightly,
      params: {
        sources: ['stashdb'],
        enable_faces: true,
        max_faces_per_source: 5,
        max_faces_total: 12,
        reference_mode: 'url',
        full: false,
      },
      missed: 'skip',
      enabled: true,
      created_by: 'test admin',
      created_at: '2026-01-01T00:00:00.000Z',
      next: ['2026-01-01T02:00:00.000Z', '2026-01-02T02:00:00.000Z', '2026-01-03T02:00:00.000Z'],
      last: null,
    });
    expect(await list()).toEqual([added]);
    const inUtc = await admin('POST /api/schedules', { body: { name: 'Weekly', cron: '0 3 * * SUN' } });
    expect(inUtc).toMatchObject({ time_zone: 'UTC', next: { 0: '2026-01-04T03:00:00.000Z' } });
    expect((await list()).map(({ id }) => id)).toEqual([1, 2]);
  });

  it('is changed, switched off and removed, and the log says by whom', async () => {
    const { id } = await add();
    expect(await change(id, { name: 'Early', cron: '0 1 * * *', missed: 'run_once' })).toMatchObject({
      id,
      name: 'Early',
      missed: 'run_once',
      next: { 0: '2026-01-02T00:00:00.000Z' },
    });
    expect(await change(id, { enabled: false })).toMatchObject({ enabled: false, next: [] });
    await admin('DELETE /api/schedules/{id}', { params: { id } });
    expect(await list()).toEqual([]);
    expect((await app.recorded()).map(({ message }) => message)).toEqual([
      'Schedule 1 (Nightly) was added by test admin',
      'Schedule 1 (Early) was changed by test admin',
      'Schedule 1 (Nightly) was changed by test admin',
      'Schedule 1 (Nightly) was removed by test admin',
    ]);
  });

  it('that is not there can neither be changed nor removed', async () => {
    const missing = { code: 'not_found', message: 'There is no schedule 7.' };
    await expect(change(7)).rejects.toMatchObject(missing);
    await expect(admin('DELETE /api/schedules/{id}', { params: { id: 7 } })).rejects.toMatchObject(missing);
  });

  it('is seen by readers and written by admins alone', async () => {
    await add();
    expect(await list()).toHaveLength(1);
    const refused = { code: 'forbidden' };
    const trigger = app.as('trigger');
    await expect(trigger('POST /api/schedules', { body: nightly })).rejects.toMatchObject(refused);
    await expect(
      trigger('PUT /api/schedules/{id}', { params: { id: 1 }, body: nightly }),
    ).rejects.toMatchObject(refused);
    await expect(trigger('DELETE /api/schedules/{id}', { params: { id: 1 } })).rejects.toMatchObject(refused);
  });

  it.each([
    [{ name: '  ' }, 'name', 'must not be empty'],
    [{ cron: '0 0 3 * * *' }, 'cron', 'expected five fields, minute, hour, day, month and weekday'],
    [{ cron: '@daily' }, 'cron', 'such as "0 3 * * *" for every day at 03:00'],
    [{ cron: '0 25 * * *' }, 'cron', '"0 25 * * *" cannot be read (Invalid value for hour: 25); expected'],
    [{ cron: '0 3 * * someday' }, 'cron', 'contains illegal characters); expected minute, hour, day, month'],
    [{ cron: '0 3 31 2 *' }, 'cron', '"0 3 31 2 *" never occurs'],
    [{ cron: '*/5 * * * *' }, 'cron', 'occurs again after 5 min; expected 15 min or more between two runs'],
    [{ cron: '0,50 1-2 * * *' }, 'cron', 'occurs again after 10 min'],
    [{ time_zone: 'Mars/Phobos' }, 'time_zone', 'there is no time zone "Mars/Phobos"; expected a name'],
    [{ time_zone: '+01:00' }, 'time_zone', 'such as "Europe/Berlin" or "UTC"'],
    [{ params: { sources: [] } }, 'params.sources', '>=1'],
    [{ params: { queue: true } as object }, 'params.queue', 'is not a known field'],
  ])('%j is refused, and the field named', async (over, field, message) => {
    await expect(add(over)).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
      errors: [{ field, message: expect.stringContaining(message) }],
      message: expect.stringContaining(`${field}: `),
    });
    expect(await list()).toEqual([]);
  });

  it('names everything that is wrong with its time at once', async () => {
    await expect(add({ cron: '61 3 * * *', time_zone: 'Berlin' })).rejects.toMatchObject({
      errors: [{ field: 'cron' }, { field: 'time_zone' }],
    });
  });

  it('may come every quarter of an hour', async () => {
    expect(await add({ cron: '*/15 * * * *' })).toMatchObject({ next: { 0: '2026-01-01T00:15:00.000Z' } });
  });
});

describe('a preview', () => {
  it('says when an expression would occur', async () => {
    expect(await preview('30 3 1 * *', 'America/New_York')).toEqual({
      next: [
        '2026-01-01T08:30:00.000Z',
        '2026-02-01T08:30:00.000Z',
        '2026-03-01T08:30:00.000Z',
        '2026-04-01T07:30:00.000Z',
        '2026-05-01T07:30:00.000Z',
      ],
    });
    expect((await preview('0 3 * * *')).next[0]).toBe('2026-01-01T03:00:00.000Z');
  });

  it('is refused as the schedule would be', async () => {
    await expect(preview('0 24 * * *', 'Nowhere/Land')).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'cron' }, { field: 'time_zone' }],
    });
    await expect(preview('every night')).rejects.toMatchObject({
      errors: [{ field: 'cron', message: expect.stringContaining('expected five fields') }],
    });
  });
});
