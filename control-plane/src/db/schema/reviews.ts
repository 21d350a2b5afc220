import type { Decision, ReviewKind, ReviewStatus } from '@trainer/contract/reviews';
import { index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';

export const reviews = sqliteTable(
  'reviews',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    catalogId: text().notNull(),
    /** The runner's name for the same question in every run; unique within the catalog. */
    key: text().notNull(),
    status: text().$type<ReviewStatus>().notNull(),
    kind: text().$type<ReviewKind>().notNull(),
    /** JSON: the item as the runner reported it last. */
    found: text().notNull(),
    /** Where it was reported last, so that a complete report closes what it does not hold. */
    runId: integer().notNull(),
    taskId: text().notNull(),
    fence: integer().notNull(),
    closedAt: integer(),
    decision: text().$type<Decision>(),
    decidedBy: text(),
    decidedAt: integer(),
    /** The run in which the catalog was brought to the decision. */
    appliedRunId: integer(),
  },
  (table) => [unique().on(table.catalogId, table.key), index('reviews_by_status').on(table.status, table.id)],
);
