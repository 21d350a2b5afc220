import { computed, createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Who is there to work. */
export const RunnersModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/runners'),
  });
  return {
    runners: data,
    error,
    online: computed(() => data.value?.filter((runner) => runner.online) ?? []),
  };
});
export type RunnersModel = InstanceType<typeof RunnersModel>;
