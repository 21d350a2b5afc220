import type { HookEvent } from '@trainer/contract/hook-events';
import type { DeliveryStatus, HookKind } from '@trainer/contract/hooks';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const hooks = sqliteTable('hooks', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  kind: text().$type<HookKind>().notNull(),
  /** Sealed by the vault, as is the secret. */
  address: text().notNull(),
  secret: text(),
  /** So much of the address may be seen. */
  hint: text().notNull(),
  /** JSON: names of events. */
  events: text().notNull(),
  enabled: integer({ mode: 'boolean' }).notNull(),
  /** Set when the control plane turned it off. */
  disabledReason: text(),
  createdAt: integer().notNull(),
});

/** What each hook is told of, once. The message is made from the run and its tasks when it is sent. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    hookId: integer().notNull(),
    messageId: text().notNull(),
    event: text().$type<HookEvent>().notNull(),
    runId: integer().notNull(),
    /** Of the source that is paused. */
    taskId: text(),
    status: text().$type<DeliveryStatus>().notNull(),
    /** Times it was handed to a sender; a sender's report counts while this has not grown. */
    attempts: integer().notNull().default(0),
    lastError: text(),
    createdAt: integer().notNull(),
    /** When it may be sent next. A sender moves it on before it sends, so that nobody else does meanwhile. */
    dueAt: integer().notNull(),
    finishedAt: integer(),
  },
  (table) => [
    index('deliveries_due').on(table.dueAt).where(sql`status = 'waiting'`),
    index('deliveries_of_hook').on(table.hookId, table.id),
    uniqueIndex('deliveries_once').on(table.hookId, table.event, table.runId, sql`coalesce(task_id, '')`),
  ],
);
