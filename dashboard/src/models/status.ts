import { computed, createModel, effect, untracked } from '@preact/signals';
import type { SourceId } from '@trainer/contract/sources';
import type { Browser } from '../api/browser.ts';
import { ACTIVE_MS, IDLE_MS, QUIET_MS } from '../derive/poll-pace.ts';
import { isFinal } from '../derive/run-words.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import type { RunsModel } from './RunsModel.ts';
import { createRemote } from './remote.ts';

/** Every source with its title, and whether a runner can serve it now. */
export const SourcesModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/sources'),
  });
  return {
    sources: data,
    error,
    reload,
    /** Gives the title of a source; a task without one publishes. */
    titleOf: computed(() => {
      const titles = new Map(data.value?.map(({ id, title }) => [id, title]));
      return (id: SourceId | null): string => (id === null ? 'Publish' : (titles.get(id) ?? id));
    }),
  };
});
export type SourcesModel = InstanceType<typeof SourcesModel>;

/** Whether the control plane can do its work, and what somebody should see to. */
export const HealthModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /readyz'),
  });
  return { health: data, error };
});
export type HealthModel = InstanceType<typeof HealthModel>;

/** Who is there to work; asked anew as soon as a task begins or ends, because that occupies or frees a slot. */
export const RunnersModel = createModel((connection: ConnectionModel, browser: Browser, runs: RunsModel) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/runners'),
  });
  const taskStates = computed(() => runs.active.value?.tasks.map(({ status }) => status).join() ?? '');
  let before = taskStates.peek();
  effect(() => {
    if (taskStates.value === before) return;
    before = taskStates.value;
    untracked(() => void reload());
  });
  return {
    runners: data,
    error,
    online: computed(() => data.value?.filter((runner) => runner.online) ?? []),
  };
});
export type RunnersModel = InstanceType<typeof RunnersModel>;

/** The model pack that a run uses unless it asks for another; null until it is known. */
export const ConfiguredPackModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data } = createRemote({
    browser,
    everyMs: () => QUIET_MS,
    load: () => connection.call('GET /api/config'),
  });
  return { pack: computed(() => data.value?.faces.model_pack ?? null) };
});

/** One run with its tasks. */
export const RunModel = createModel((connection: ConnectionModel, browser: Browser, id: number) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: (run) => (isFinal(run) ? QUIET_MS : ACTIVE_MS),
    load: () => connection.call('GET /api/runs/{id}', { params: { id } }),
  });
  return { run: data, error, reload };
});
export type RunModel = InstanceType<typeof RunModel>;
