import { createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemoteList } from './remote.ts';

/** Published versions, newest first. */
export const VersionsModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/versions') });
  return {
    versions: list.data,
    error: list.error,
    remove: list.changing((version: string) =>
      call('DELETE /api/versions/{version}', { params: { version } }),
    ),
  };
});
export type VersionsModel = InstanceType<typeof VersionsModel>;
