import { computed, createModel, effect, untracked } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import type { RunsModel } from './RunsModel.ts';
import { createRemote } from './remote.ts';

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
