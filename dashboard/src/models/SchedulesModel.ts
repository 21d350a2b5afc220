import { createModel } from '@preact/signals';
import type { NewSchedule, Schedule } from '@trainer/contract/schedules';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import { switched } from '../derive/schedule-request.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Schedules, oldest first. */
export const SchedulesModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/schedules'),
  });
  const put = (id: number, body: NewSchedule) =>
    connection.call('PUT /api/schedules/{id}', { params: { id }, body });
  /** Adds a schedule, or replaces the one with that id. */
  const save = createAttempt(async (id: number | null, body: NewSchedule) => {
    const saved = id === null ? await connection.call('POST /api/schedules', { body }) : await put(id, body);
    await reload();
    return saved;
  });
  const toggle = createAttempt(async (schedule: Schedule) => {
    await put(schedule.id, switched(schedule));
    await reload();
    return true;
  });
  const remove = createAttempt(async (id: number) => {
    await connection.call('DELETE /api/schedules/{id}', { params: { id } });
    await reload();
    return true;
  });
  return { schedules: data, error, save, toggle, remove };
});
export type SchedulesModel = InstanceType<typeof SchedulesModel>;
