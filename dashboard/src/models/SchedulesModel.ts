import { createModel } from '@preact/signals';
import type { NewSchedule, Schedule } from '@trainer/contract/schedules';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import { switched } from '../derive/schedule-request.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemoteList } from './remote.ts';

/** Schedules, oldest first. */
export const SchedulesModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/schedules') });
  const put = (id: number, body: NewSchedule) => call('PUT /api/schedules/{id}', { params: { id }, body });
  return {
    schedules: list.data,
    error: list.error,
    /** Adds a schedule, or replaces the one with that id. */
    save: list.changing((id: number | null, body: NewSchedule) =>
      id === null ? call('POST /api/schedules', { body }) : put(id, body),
    ),
    toggle: list.changing((schedule: Schedule) => put(schedule.id, switched(schedule))),
    remove: list.changing((id: number) => call('DELETE /api/schedules/{id}', { params: { id } })),
  };
});
export type SchedulesModel = InstanceType<typeof SchedulesModel>;
