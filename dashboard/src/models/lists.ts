import { createModel, signal } from '@preact/signals';
import type { NewExclusion } from '@trainer/contract/exclusions';
import type { RequestOf, ResponseOf } from '@trainer/contract/routes';
import type { NewSchedule, Schedule } from '@trainer/contract/schedules';
import type { Browser } from '../api/browser.ts';
import { switched } from '../derive/schedule-request.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemoteList, IDLE_MS, QUIET_MS } from './remote.ts';

/** Published versions, newest first. */
export const VersionsModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/versions') });
  return {
    versions: list.data,
    error: list.error,
    remove: list.action((version: string) => call('DELETE /api/versions/{version}', { params: { version } })),
  };
});
export type VersionsModel = InstanceType<typeof VersionsModel>;

/** Exclusions, newest first, including revoked ones. */
export const ExclusionsModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/exclusions') });
  return {
    exclusions: list.data,
    error: list.error,
    add: list.action((body: NewExclusion) => call('POST /api/exclusions', { body })),
    revoke: list.action((id: number) => call('DELETE /api/exclusions/{id}', { params: { id } })),
  };
});
export type ExclusionsModel = InstanceType<typeof ExclusionsModel>;

/** Schedules, oldest first. */
export const SchedulesModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/schedules') });
  const put = (id: number, body: NewSchedule) => call('PUT /api/schedules/{id}', { params: { id }, body });
  return {
    schedules: list.data,
    error: list.error,
    /** Adds a schedule, or replaces the one with that id. */
    save: list.action((id: number | null, body: NewSchedule) =>
      id === null ? call('POST /api/schedules', { body }) : put(id, body),
    ),
    toggle: list.action((schedule: Schedule) => put(schedule.id, switched(schedule))),
    remove: list.action((id: number) => call('DELETE /api/schedules/{id}', { params: { id } })),
  };
});
export type SchedulesModel = InstanceType<typeof SchedulesModel>;

/** Tokens. A new token is kept in memory only, until the user has copied it. */
export const TokensModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => QUIET_MS, load: () => call('GET /api/tokens') });
  const created = signal<ResponseOf<'POST /api/tokens'> | null>(null);
  return {
    tokens: list.data,
    error: list.error,
    created,
    create: list.action(async (body: RequestOf<'POST /api/tokens'>['body']) => {
      created.value = await call('POST /api/tokens', { body });
    }),
    revoke: list.action((id: number) => call('DELETE /api/tokens/{id}', { params: { id } })),
    clearCreated() {
      created.value = null;
    },
  };
});
export type TokensModel = InstanceType<typeof TokensModel>;
