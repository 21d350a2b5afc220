import type { Scope } from '@trainer/contract/tokens';
import { and, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { loginCodes, sessions, tokens } from '../db/schema/tokens.ts';

export type TokenRow = typeof tokens.$inferSelect;
export type SessionRow = typeof sessions.$inferSelect;

/** A condition on rows of `tokens`: neither revoked nor expired. */
export const isValidToken = (now: number) =>
  and(isNull(tokens.revokedAt), or(isNull(tokens.expiresAt), gt(tokens.expiresAt, now)));

/** Wants `tokens` joined to `sessions`. */
const isOpen = (hash: string, now: number) =>
  and(eq(sessions.hash, hash), gt(sessions.expiresAt, now), or(isNull(sessions.tokenId), isValidToken(now)));

export async function findToken(db: Database, hash: string): Promise<TokenRow | null> {
  const [row] = await db.select().from(tokens).where(eq(tokens.hash, hash));
  return row ?? null;
}

export function listTokens(db: Database): Promise<TokenRow[]> {
  return db.select().from(tokens).orderBy(desc(tokens.id));
}

export async function insertToken(
  db: Database,
  row: {
    name: string;
    scope: Scope;
    hash: string;
    hint: string;
    createdAt: number;
    expiresAt: number | null;
  },
): Promise<TokenRow> {
  const [inserted] = await db.insert(tokens).values(row).returning();
  if (!inserted) throw new Error('The token was not stored');
  return inserted;
}

/** Revokes once; false when there is no such token. */
export async function revokeToken(db: Database, id: number, now: number): Promise<boolean> {
  const rows = await db
    .update(tokens)
    .set({ revokedAt: sql`coalesce(${tokens.revokedAt}, ${now})` })
    .where(eq(tokens.id, id))
    .returning({ id: tokens.id });
  return rows.length > 0;
}

/** Remembers a use, unless one after `since` is remembered already. */
export async function touchToken(db: Database, id: number, now: number, since: number): Promise<void> {
  await db
    .update(tokens)
    .set({ lastUsedAt: now })
    .where(and(eq(tokens.id, id), or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, since))));
}

/** A session that has not ended, and whose token, if it was opened with one, still opens something. */
export async function findSession(db: Database, hash: string, now: number): Promise<SessionRow | null> {
  const [row] = await db
    .select({ session: sessions })
    .from(sessions)
    .leftJoin(tokens, eq(tokens.id, sessions.tokenId))
    .where(isOpen(hash, now));
  return row?.session ?? null;
}

/** Whether a caller whom the gate has let through would still get through at `now`: a condition for any statement. */
export function isStillLetIn(
  db: Database,
  { tokenId, sessionHash }: { tokenId: number | null; sessionHash: string | null },
  now: number,
): SQL<number> {
  const one = { one: sql`1` };
  const found =
    sessionHash === null
      ? db
          .select(one)
          .from(tokens)
          .where(and(eq(tokens.id, tokenId ?? -1), isValidToken(now)))
      : db
          .select(one)
          .from(sessions)
          .leftJoin(tokens, eq(tokens.id, sessions.tokenId))
          .where(isOpen(sessionHash, now));
  return sql<number>`exists ${found}`;
}

/** Stores a session and forgets those that have ended. */
export async function insertSession(db: Database, row: SessionRow): Promise<void> {
  await db.batch([
    db.delete(sessions).where(lt(sessions.expiresAt, row.createdAt)),
    db.insert(sessions).values(row),
  ]);
}

export async function deleteSession(db: Database, hash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.hash, hash));
}

/** Stores a one-time code and forgets those that have expired. */
export async function insertLoginCode(
  db: Database,
  hash: string,
  now: number,
  expiresAt: number,
): Promise<void> {
  await db.batch([
    db.delete(loginCodes).where(lt(loginCodes.expiresAt, now)),
    db.insert(loginCodes).values({ hash, expiresAt }),
  ]);
}

/** Uses a code up in one statement: of two callers with the same code one gets true. */
export async function useLoginCode(db: Database, hash: string, now: number): Promise<boolean> {
  const rows = await db
    .update(loginCodes)
    .set({ usedAt: now })
    .where(and(eq(loginCodes.hash, hash), isNull(loginCodes.usedAt), gt(loginCodes.expiresAt, now)))
    .returning({ hash: loginCodes.hash });
  return rows.length > 0;
}

/** Whether this database has never had a token. */
export async function isWithoutTokens(db: Database): Promise<boolean> {
  return (await db.select({ id: tokens.id }).from(tokens).limit(1)).length === 0;
}

/** Whether there is or was a token of this name. */
export async function isNameTaken(db: Database, name: string): Promise<boolean> {
  return (await db.select({ id: tokens.id }).from(tokens).where(eq(tokens.name, name)).limit(1)).length > 0;
}
