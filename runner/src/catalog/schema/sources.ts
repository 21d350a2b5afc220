import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What the sources are whose data are in the catalog. */
export const sources = sqliteTable('sources', {
  id: text().primaryKey(),
  /** JSON of `sourceDefinitionSchema`. */
  definition: text().notNull(),
  definedAt: text('defined_at').notNull(),
  /** When an owner ended it; null while it may be used. */
  retiredAt: text('retired_at'),
});
