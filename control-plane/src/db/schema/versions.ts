import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 *     staged ─▶ visible ─▶ removed
 *        └───────────────────▲        (replaced or abandoned)
 *
 * A removed one is gone for every reader, and its row goes as soon as its files have.
 */
export type VersionStatus = 'staged' | 'visible' | 'removed';

export const versions = sqliteTable(
  'versions',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    version: text().notNull(),
    status: text().$type<VersionStatus>().notNull(),
    taskId: text().notNull(),
    runId: integer().notNull(),
    filename: text().notNull(),
    /** JSON of `manifestSchema`. */
    manifest: text().notNull(),
    /** JSON of `qualitySummarySchema`. */
    quality: text().notNull(),
    /** JSON of number, file name and artifacts, keys in order: tells a repeated upload from another one. */
    announced: text().notNull(),
    /** When something last arrived for it. */
    touchedAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('versions_of_task').on(table.taskId).where(sql`status IN ('staged', 'visible')`),
    uniqueIndex('versions_visible').on(table.version).where(sql`status = 'visible'`),
  ],
);

export const artifacts = sqliteTable(
  'artifacts',
  {
    versionId: integer().notNull(),
    position: integer().notNull(),
    name: text().notNull(),
    size: integer().notNull(),
    sha256: text().notNull(),
    /** The object store's ticket for the upload, once it was begun. */
    ticket: text(),
    /** Verified as a whole, and an object of the store. */
    isComplete: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.versionId, table.name] })],
);

/** The parts that are stored and verified. */
export const parts = sqliteTable(
  'parts',
  {
    versionId: integer().notNull(),
    artifact: text().notNull(),
    number: integer().notNull(),
    sha256: text().notNull(),
    /** The object store's receipt, wanted back when the upload is completed. */
    receipt: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.versionId, table.artifact, table.number] })],
);
