import type { ExclusionKind } from '@trainer/contract/exclusions';
import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const exclusions = sqliteTable(
  'exclusions',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<ExclusionKind>().notNull(),
    /** JSON of the kind's value, keys in the schema's order: equal text is the same exclusion. */
    value: text().notNull(),
    note: text().notNull(),
    actor: text().notNull(),
    createdAt: integer().notNull(),
    removedAt: integer(),
    removedBy: text(),
    /** The receipt: set together, once. */
    firstVersion: text(),
    performersRemoved: integer(),
    facesRemoved: integer(),
    receiptAt: integer(),
  },
  (table) => [uniqueIndex('exclusions_in_force').on(table.kind, table.value).where(sql`removed_at IS NULL`)],
);

/** What the version of a publish task keeps to, as its runner reports it. */
export const enforcedExclusions = sqliteTable(
  'enforced_exclusions',
  {
    taskId: text().notNull(),
    exclusionId: integer().notNull(),
    performersRemoved: integer().notNull(),
    facesRemoved: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.exclusionId] })],
);
