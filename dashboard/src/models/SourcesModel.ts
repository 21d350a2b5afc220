import { computed, createModel } from '@preact/signals';
import type { SourceId } from '@trainer/contract/sources';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
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
