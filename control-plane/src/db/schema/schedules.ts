import type { MissedPolicy, OccurrenceOutcome } from '@trainer/contract/schedules';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const schedules = sqliteTable(
  'schedules',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    cron: text().notNull(),
    timeZone: text().notNull(),
    /** JSON of `runParamsSchema`. */
    params: text().notNull(),
    missed: text().$type<MissedPolicy>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    createdBy: text().notNull(),
    createdAt: integer().notNull(),
    changedAt: integer().notNull(),
    /** The first occurrence that nobody has handled; null while disabled, or when there is none to come. */
    nextAt: integer(),
    /** The last occurrence that was handled, with what became of it. */
    lastAt: integer(),
    lastOutcome: text().$type<OccurrenceOutcome>(),
    lastReason: text(),
    lastRunId: integer(),
  },
  (table) => [index('schedules_due').on(table.nextAt).where(sql`next_at IS NOT NULL`)],
);
