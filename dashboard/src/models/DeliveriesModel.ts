import { createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** What one hook was told lately, newest first. */
export const DeliveriesModel = createModel((connection: ConnectionModel, browser: Browser, id: number) => {
  const { data, error } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/hooks/{id}/deliveries', { params: { id }, query: {} }),
  });
  return { deliveries: data, error };
});
export type DeliveriesModel = InstanceType<typeof DeliveriesModel>;
