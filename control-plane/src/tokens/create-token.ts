import type { Scope } from '@trainer/contract/tokens';
import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import { tokens } from '../db/schema/tokens.ts';
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

/**
 * Takes a token that came from elsewhere (a setting, or a file that is about to be written). Of each `name` one
 * is valid: the one adopted last, so that changing the setting shuts the old token out.
 */
export async function adoptToken(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { name, scope, token }: { name: string; scope: Scope; token: string },
): Promise<void> {
  const hash = await hashSecret(token);
  const now = clock.now();
  await db.batch([
    db
      .update(tokens)
      .set({ revokedAt: now })
      .where(and(eq(tokens.name, name), ne(tokens.hash, hash), isNull(tokens.revokedAt))),
    db
      .insert(tokens)
      .values({ name, scope, hash, hint: hintOf(token), createdAt: now, expiresAt: null })
      .onConflictDoUpdate({ target: tokens.hash, set: { name, scope, revokedAt: null } }),
  ]);
}
