import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const configRevisions = sqliteTable('config_revisions', {
  revision: integer().primaryKey(),
  /** JSON, as it was sent: what it leaves out takes the default of the day. */
  input: text().notNull(),
  /** JSON: the fields that differ from the revision before. */
  changed: text().notNull(),
  actor: text().notNull(),
  createdAt: integer().notNull(),
});
