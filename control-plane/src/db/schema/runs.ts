import type { RunStatus, TaskKind, TaskStatus } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { type SQL, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const runs = sqliteTable(
  'runs',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    status: text().$type<RunStatus>().notNull(),
    reason: text(),
    actor: text(),
    requestedBy: text().notNull(),
    /** Chosen by whoever asked, so that asking again is the same run. */
    requestId: text(),
    createdAt: integer().notNull(),
    startedAt: integer(),
    /** When the stop was asked for. */
    stoppingAt: integer(),
    finishedAt: integer(),
    /** JSON of `settledRunParamsSchema`. */
    params: text().notNull(),
    /** JSON: the configuration as it was when the run was asked for, every default filled in. */
    config: text().notNull(),
    configRevision: integer().notNull(),
    /** The schedule and its occurrence that asked for the run; the schedule may be gone. */
    scheduleId: integer(),
    scheduledAt: integer(),
    /** Set when a version was published, with what it holds. */
    version: text(),
    performers: integer(),
    faces: integer(),
  },
  (table) => [
    index('runs_by_status').on(table.status, table.finishedAt),
    index('runs_unfinished').on(table.id).where(sql`finished_at IS NULL`),
    index('runs_version').on(table.version).where(sql`version IS NOT NULL`),
    uniqueIndex('runs_by_request').on(table.requestId).where(sql`request_id IS NOT NULL`),
    uniqueIndex('runs_of_occurrence')
      .on(table.scheduleId, table.scheduledAt)
      .where(sql`schedule_id IS NOT NULL`),
    uniqueIndex('runs_one_active')
      .on(sql`(status IN ('running', 'stopping'))`)
      .where(sql`status IN ('running', 'stopping')`),
  ],
);

export const tasks = sqliteTable(
  'tasks',
  {
    /** `<run>.<source>` or `<run>.publish`. */
    id: text().primaryKey(),
    runId: integer().notNull(),
    /** The order in which tasks of a stage are handed out. */
    position: integer().notNull(),
    kind: text().$type<TaskKind>().notNull(),
    source: text().$type<SourceId>(),
    status: text().$type<TaskStatus>().notNull(),
    reason: text(),
    actor: text(),
    startedAt: integer(),
    finishedAt: integer(),
    /** JSON of `progressSchema`. */
    progress: text().notNull(),
    /** The sequence number that the next log line must have. */
    nextLogSeq: integer().notNull().default(1),

    /** Grows with every grant; a write that carries another number changes nothing. */
    fence: integer().notNull().default(0),
    /** Grants so far. */
    attempts: integer().notNull().default(0),
    /** Leases in a row that came to nothing: they lapsed without any progress, or the runner was unable to do the task. */
    lapses: integer().notNull().default(0),
    /** Performers processed when the lease was granted. */
    grantProcessed: integer().notNull().default(0),
    /** Heartbeats within the lease. */
    beats: integer().notNull().default(0),
    /** When the lease was granted; null when that was before the column. */
    grantedAt: integer(),
    leaseExpiresAt: integer(),
    /** A task that waits for others is not handed out before this time, ms since 1970, while an ingest of its run is open. */
    notBefore: integer(),
    runnerId: text(),
    runnerName: text(),
    /** The token that took the lease; null when that was before the column, or without a token. */
    tokenId: integer(),
    /** Set by the first grant; tasks of one run stay with one catalog. */
    catalogId: text(),
  },
  (table) => [
    unique().on(table.runId, table.position),
    index('tasks_claimable').on(table.runId, table.position).where(sql`status IN ('ready', 'leased')`),
    index('tasks_leased').on(table.runId).where(sql`status = 'leased'`),
    index('tasks_of_source').on(table.source, table.runId).where(sql`source IS NOT NULL`),
  ],
);

/** What each runner last said about itself. */
export const runners = sqliteTable('runners', {
  id: text().primaryKey(),
  catalogId: text().notNull(),
  /** JSON of `runnerSchema`. */
  about: text().notNull(),
  lastSeenAt: integer().notNull(),
  /** The number of its newest request for work; an older one takes nothing any more. */
  poll: integer().notNull().default(0),
});

export type RunRow = typeof runs.$inferSelect;
export type TaskRow = typeof tasks.$inferSelect;

/**
 * Tasks that a runner holds, or held when the row was last written. The word stands in the text, because SQLite uses a partial
 * index only where it can read its condition.
 */
export const isLeased: SQL = sql`${tasks.status} = 'leased'`;
