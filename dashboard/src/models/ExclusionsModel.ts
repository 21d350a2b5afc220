import { createModel } from '@preact/signals';
import type { NewExclusion } from '@trainer/contract/exclusions';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemoteList } from './remote.ts';

/** Exclusions, newest first, including revoked ones. */
export const ExclusionsModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/exclusions') });
  return {
    exclusions: list.data,
    error: list.error,
    add: list.changing((body: NewExclusion) => call('POST /api/exclusions', { body })),
    takeBack: list.changing((id: number) => call('DELETE /api/exclusions/{id}', { params: { id } })),
  };
});
export type ExclusionsModel = InstanceType<typeof ExclusionsModel>;
