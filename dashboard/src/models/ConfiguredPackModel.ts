import { computed, createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { QUIET_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** The model pack that a run uses unless it asks for another; null until it is known. */
export const ConfiguredPackModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data } = createRemote({
    browser,
    everyMs: () => QUIET_MS,
    load: () => connection.call('GET /api/config'),
  });
  return { pack: computed(() => data.value?.faces.model_pack ?? null) };
});
