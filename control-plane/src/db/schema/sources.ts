import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What runners say that sources are, each as the first runner says it that has the source. */
export const sources = sqliteTable('sources', {
  id: text().primaryKey(),
  /** JSON of `sourceDefinitionSchema`. */
  definition: text().notNull(),
  /** `owner` or `built-in`; an owner's definition counts before a built-in one. */
  origin: text().notNull(),
  /** Whose definition it is. */
  runnerId: text().notNull(),
  /** When a runner last announced the source, to within minutes. */
  announcedAt: integer().notNull(),
});
