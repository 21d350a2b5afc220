import type { ReadonlySignal } from '@preact/signals';
import { createModel, effect, signal, untracked } from '@preact/signals';
import type { ConfigView } from '@trainer/contract/config';
import type { Browser } from '../api/browser.ts';
import { createAction } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote, QUIET_MS } from './remote.ts';

/** Past revisions, and the selected one. The list is fetched again when `current` changes. */
export const RevisionsModel = createModel(
  (connection: ConnectionModel, browser: Browser, current: ReadonlySignal<unknown>) => {
    const { data, error, reload } = createRemote({
      browser,
      everyMs: () => QUIET_MS,
      load: () => connection.call('GET /api/config/revisions', { query: { limit: 50 } }),
    });
    const open = signal<ConfigView | null>(null);
    const view = createAction(async (revision: number) => {
      open.value = await connection.call('GET /api/config/revisions/{revision}', { params: { revision } });
    });
    effect(() => {
      if (current.value) untracked(() => void reload());
    });
    return {
      revisions: data,
      error,
      open,
      view,
      close() {
        open.value = null;
      },
    };
  },
);
export type RevisionsModel = InstanceType<typeof RevisionsModel>;
