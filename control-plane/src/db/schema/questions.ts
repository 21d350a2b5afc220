import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Kept for minutes, because they are personal data. */
export const questions = sqliteTable(
  'questions',
  {
    /** Random: whoever holds it reads the answer. */
    id: text().primaryKey(),
    about: text().notNull(),
    maySeeExclusions: integer({ mode: 'boolean' }).notNull().default(false),
    askedAt: integer().notNull(),
    /** When a runner was given it last. */
    handedAt: integer(),
    answeredAt: integer(),
    /** JSON of `explanationSchema`. */
    answer: text(),
  },
  (table) => [
    index('questions_by_age').on(table.askedAt),
    index('questions_waiting').on(table.askedAt).where(sql`answered_at IS NULL`),
  ],
);
