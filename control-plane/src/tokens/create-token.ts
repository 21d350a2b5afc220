import type { Scope } from '@trainer/contract/tokens';
import type { Deps } from '../context/deps.ts';
import { hashSecret, hintOf, newToken } from './secrets.ts';
import { insertToken, type TokenRow } from './store.ts';

/** Makes a token and keeps its hash. The token itself exists in the answer only. */
export async function createToken(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  wanted: { name: string; scope: Scope; expiresAt: number | null },
): Promise<{ token: string; row: TokenRow }> {
  const token = newToken(wanted.scope);
  const row = await insertToken(db, {
    ...wanted,
    hash: await hashSecret(token),
    hint: hintOf(token),
    createdAt: clock.now(),
  });
  return { token, row };
}
