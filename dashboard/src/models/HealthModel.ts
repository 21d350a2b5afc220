import { createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

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
