import type { SourceId } from '@trainer/contract/sources';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const logLines = sqliteTable(
  'log_lines',
  {
    /** Given in the order in which lines become visible, because the database writes one transaction at a time. */
    id: integer().primaryKey({ autoIncrement: true }),
    runId: integer(),
    taskId: text(),
    seq: integer(),
    /** ISO 8601, from whoever wrote the line. */
    time: text().notNull(),
    /** Position in `logLevels`, so that a lowest level is a comparison. */
    level: integer().notNull(),
    source: text().$type<SourceId>(),
    message: text().notNull(),
    /** JSON. */
    fields: text().notNull(),
    /** By the control plane's clock, ms since 1970: retention does not trust a runner's. */
    storedAt: integer().notNull(),
    /** Bytes of this line and all before it, so that the size of any stretch is a subtraction. */
    endByte: integer().notNull(),
  },
  (table) => [
    index('log_lines_grave').on(table.id).where(sql`level >= 2`),
    index('log_lines_of_run').on(table.runId, table.id).where(sql`run_id IS NOT NULL`),
    index('log_lines_of_source').on(table.source, table.id).where(sql`source IS NOT NULL`),
  ],
);
