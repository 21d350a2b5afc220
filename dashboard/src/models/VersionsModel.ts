import { createModel } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Published versions, newest first. */
export const VersionsModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/versions'),
  });
  const remove = createAttempt(async (version: string) => {
    await connection.call('DELETE /api/versions/{version}', { params: { version } });
    await reload();
    return true;
  });
  return { versions: data, error, remove };
});
export type VersionsModel = InstanceType<typeof VersionsModel>;
