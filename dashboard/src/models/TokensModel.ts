import { createModel, signal } from '@preact/signals';
import type { RequestOf, ResponseOf } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import { QUIET_MS } from '../derive/poll-pace.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemoteList } from './remote.ts';

/** Tokens. A new token is kept in memory only, until the user has copied it. */
export const TokensModel = createModel(({ call }: ConnectionModel, browser: Browser) => {
  const list = createRemoteList({ browser, everyMs: () => QUIET_MS, load: () => call('GET /api/tokens') });
  const made = signal<ResponseOf<'POST /api/tokens'> | null>(null);
  return {
    tokens: list.data,
    error: list.error,
    made,
    create: list.changing(async (body: RequestOf<'POST /api/tokens'>['body']) => {
      made.value = await call('POST /api/tokens', { body });
    }),
    revoke: list.changing((id: number) => call('DELETE /api/tokens/{id}', { params: { id } })),
    forget() {
      made.value = null;
    },
  };
});
export type TokensModel = InstanceType<typeof TokensModel>;
