import { createModel, signal } from '@preact/signals';
import type { ChangedHook, HookTest, NewHook } from '@trainer/contract/hooks';
import type { ResponseOf } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import { createAction } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote, createRemoteList, IDLE_MS } from './remote.ts';

/** Hooks. A new hook with a signing secret is kept in memory only, until the user has copied the secret. */
export const HooksModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => IDLE_MS, load: () => call('GET /api/hooks') });
  const created = signal<ResponseOf<'POST /api/hooks'> | null>(null);
  return {
    hooks: list.data,
    error: list.error,
    created,
    reload: list.reload,
    create: list.action(async (body: NewHook) => {
      const hook = await call('POST /api/hooks', { body });
      if (hook.secret !== null) created.value = hook;
    }),
    remove: list.action((id: number) => call('DELETE /api/hooks/{id}', { params: { id } })),
    clearCreated() {
      created.value = null;
    },
  };
});
export type HooksModel = InstanceType<typeof HooksModel>;

/** The actions of one hook in the list: test and change. */
export const HookModel = createModel(
  (connection: ConnectionModel, id: number, onChange: () => Promise<void>) => {
    const answer = signal<HookTest | null>(null);
    const test = createAction(async () => {
      answer.value = null;
      answer.value = await connection.call('POST /api/hooks/{id}/test', { params: { id } });
      return answer.value;
    });
    const change = createAction(async (body: ChangedHook) => {
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
