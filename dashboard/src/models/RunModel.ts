import { createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { ACTIVE_MS, QUIET_MS } from '../derive/poll-pace.ts';
import { isFinal } from '../derive/run-words.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

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
