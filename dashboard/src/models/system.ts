import { computed, createModel, effect, untracked } from '@preact/signals';
import type { SourceId } from '@trainer/contract/sources';
import type { Browser } from '../api/browser.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import type { RunsModel } from './RunsModel.ts';
import { createRemote, IDLE_MS } from './remote.ts';

/** The runners; fetched again when a task starts or ends, because that takes or frees a slot. */
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

/** The readiness of the control plane, and the problems that an operator should fix. */
export const HealthModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /readyz'),
  });
  return { health: data, error };
});
export type HealthModel = InstanceType<typeof HealthModel>;
