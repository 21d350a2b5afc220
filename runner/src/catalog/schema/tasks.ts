import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Where each source's ingest goes on; the value is the source's own JSON. */
export const cursors = sqliteTable('cursors', {
  source: text().primaryKey(),
  value: text({ mode: 'json' }).$type<unknown>().notNull(),
  updatedAt: text('updated_at').notNull(),
});

/** Counters of a task, so that one that is taken up again goes on counting. */
export const taskProgress = sqliteTable(
  'task_progress',
  {
    runId: text('run_id').notNull(),
    taskId: text('task_id').notNull(),
    counters: text({ mode: 'json' }).$type<unknown>().notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.taskId] })],
);

/** Ids already met in a scan of a source whose pages may shift under the reader. */
export const scanIds = sqliteTable(
  'scan_ids',
  { scan: text().notNull(), remoteId: text('remote_id').notNull() },
  (table) => [primaryKey({ columns: [table.scan, table.remoteId] })],
);

/** The newest fencing number that was seen of each task, and the newest stage of each run: see `fences.ts`. */
export const fences = sqliteTable('fences', {
  name: text().primaryKey(),
  number: integer().notNull(),
});

/** One row that counts the transactions that others may have planned without: see `write-reservation.ts`. */
export const changes = sqliteTable('changes', {
  id: integer().primaryKey(),
  number: integer().notNull(),
  /** Who has the next turn; null when nobody has asked for it. */
  turn: text(),
});

/** What the sources are whose data are in the catalog. */
export const sources = sqliteTable('sources', {
  id: text().primaryKey(),
  /** JSON of `sourceDefinitionSchema`. */
  definition: text().notNull(),
  definedAt: text('defined_at').notNull(),
  /** When an owner ended it; null while it may be used. */
  retiredAt: text('retired_at'),
});
