import { createModel, signal } from '@preact/signals';
import type { ChangedHook, HookTest, NewHook } from '@trainer/contract/hooks';
import type { ResponseOf } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import { IDLE_MS } from '../derive/poll-pace.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Hooks. A new hook with a signing secret is kept in memory only, until the user has copied the secret. */
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

/** The actions of one hook in the list: test and change. */
export const HookModel = createModel(
  (connection: ConnectionModel, id: number, onChange: () => Promise<void>) => {
    const answer = signal<HookTest | null>(null);
    const test = createAttempt(async () => {
      answer.value = null;
      answer.value = await connection.call('POST /api/hooks/{id}/test', { params: { id } });
      return answer.value;
    });
    const change = createAttempt(async (body: ChangedHook) => {
      await connection.call('PUT /api/hooks/{id}', { params: { id }, body });
      await onChange();
      return true;
    });
    return { answer, test, change };
  },
);
export type HookModel = InstanceType<typeof HookModel>;

/** The latest deliveries of one hook, newest first. */
export const DeliveriesModel = createModel((connection: ConnectionModel, browser: Browser, id: number) => {
  const { data, error } = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/hooks/{id}/deliveries', { params: { id }, query: {} }),
  });
  return { deliveries: data, error };
});
export type DeliveriesModel = InstanceType<typeof DeliveriesModel>;
