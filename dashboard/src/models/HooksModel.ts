import { createModel, signal } from '@preact/signals';
import type { NewHook } from '@trainer/contract/hooks';
import type { ResponseOf } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Hooks. One that was made with a signing secret is held here, in memory only, until the person has copied that. */
export const HooksModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/hooks'),
  });
  const made = signal<ResponseOf<'POST /api/hooks'> | null>(null);
  const create = createAttempt(async (body: NewHook) => {
    const hook = await connection.call('POST /api/hooks', { body });
    if (hook.secret !== null) made.value = hook;
    await reload();
    return true;
  });
  const remove = createAttempt(async (id: number) => {
    await connection.call('DELETE /api/hooks/{id}', { params: { id } });
    await reload();
    return true;
  });
  return {
    hooks: data,
    error,
    made,
    reload,
    create,
    remove,
    forget() {
      made.value = null;
    },
  };
});
export type HooksModel = InstanceType<typeof HooksModel>;
