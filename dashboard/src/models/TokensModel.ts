import { createModel, signal } from '@preact/signals';
import type { RequestOf, ResponseOf } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import { QUIET_MS } from '../derive/poll-pace.ts';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote } from './remote.ts';

/** Tokens. A new token is kept in memory only, until the user has copied it. */
export const TokensModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: () => QUIET_MS,
    load: () => connection.call('GET /api/tokens'),
  });
  const made = signal<ResponseOf<'POST /api/tokens'> | null>(null);
  const create = createAttempt(async (body: RequestOf<'POST /api/tokens'>['body']) => {
    made.value = await connection.call('POST /api/tokens', { body });
    void reload();
    return true;
  });
  const revoke = createAttempt(async (id: number) => {
    await connection.call('DELETE /api/tokens/{id}', { params: { id } });
    await reload();
    return true;
  });
  return {
    tokens: data,
    error,
    made,
    create,
    revoke,
    forget() {
      made.value = null;
    },
  };
});
export type TokensModel = InstanceType<typeof TokensModel>;
