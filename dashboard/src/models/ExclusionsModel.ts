import { createModel } from '@preact/signals';
import type { NewExclusion } from '@trainer/contract/exclusions';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Exclusions, newest first, including revoked ones. */
export const ExclusionsModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/exclusions'),
  });
  const add = createAttempt(async (body: NewExclusion) => {
    const added = await connection.call('POST /api/exclusions', { body });
    await reload();
    return added;
  });
  const takeBack = createAttempt(async (id: number) => {
    await connection.call('DELETE /api/exclusions/{id}', { params: { id } });
    await reload();
    return true;
  });
  return { exclusions: data, error, add, takeBack };
});
export type ExclusionsModel = InstanceType<typeof ExclusionsModel>;
