import type { Scope } from '@trainer/contract/tokens';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Times are milliseconds since 1970 in every table; secrets are stored as SHA-256 in hexadecimal. */
export const tokens = sqliteTable('tokens', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  scope: text().$type<Scope>().notNull(),
  hash: text().notNull().unique(),
  hint: text().notNull(),
  createdAt: integer().notNull(),
  expiresAt: integer(),
  lastUsedAt: integer(),
  revokedAt: integer(),
});

/** Codes of one-time links; a used one stays until it has expired. */
export const loginCodes = sqliteTable('login_codes', {
  hash: text().primaryKey(),
  expiresAt: integer().notNull(),
  usedAt: integer(),
});

export const sessions = sqliteTable('sessions', {
  hash: text().primaryKey(),
  name: text().notNull(),
  scope: text().$type<Scope>().notNull(),
  /** The token it was opened with: revoking that one ends the session too. */
  tokenId: integer(),
  createdAt: integer().notNull(),
  expiresAt: integer().notNull(),
});

/** Failed attempts per client within the current window. */
export const failedAttempts = sqliteTable('failed_attempts', {
  client: text().primaryKey(),
  failures: integer().notNull(),
  since: integer().notNull(),
});
