import { createModel, signal } from '@preact/signals';
import type { NewExclusion } from '@trainer/contract/exclusions';
import type { RequestOf, ResponseOf } from '@trainer/contract/routes';
import type { NewSchedule, Schedule } from '@trainer/contract/schedules';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS, QUIET_MS } from '../derive/poll-pace.ts';
import { switched } from '../derive/schedule-request.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Published versions, newest first. */
export const VersionsModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/versions'),
  });
  const remove = createAttempt(async (version: string) => {
    await connection.call('DELETE /api/versions/{version}', { params: { version } });
    await reload();
    return true;
  });
  return { versions: data, error, remove };
});
export type VersionsModel = InstanceType<typeof VersionsModel>;

/** Who must not be in any version, newest first, those that were taken back included. */
export const ExclusionsModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/exclusions'),
  });
  const add = createAttempt(async (body: NewExclusion) => {
    const added = await connection.call('POST /api/exclusions', { body });
    await reload();
    return added;
  });
  const takeBack = createAttempt(async (id: number) => {
    await connection.call('DELETE /api/exclusions/{id}', { params: { id } });
    await reload();
    return true;
  });
  return { exclusions: data, error, add, takeBack };
});
export type ExclusionsModel = InstanceType<typeof ExclusionsModel>;

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

/** Tokens. A made one is held here, in memory only, until the person has copied it. */
export const TokensModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => QUIET_MS,
    load: () => connection.call('GET /api/tokens'),
  });
  const made = signal<ResponseOf<'POST /api/tokens'> | null>(null);
  const create = createAttempt(async (body: RequestOf<'POST /api/tokens'>['body']) => {
    made.value = await connection.call('POST /api/tokens', { body });
    void reload();
    return true;
  });
  const revoke = createAttempt(async (id: number) => {
    await connection.call('DELETE /api/tokens/{id}', { params: { id } });
    await reload();
    return true;
  });
  return {
    tokens: data,
    error,
    made,
    create,
    revoke,
    forget() {
      made.value = null;
    },
  };
});
export type TokensModel = InstanceType<typeof TokensModel>;
