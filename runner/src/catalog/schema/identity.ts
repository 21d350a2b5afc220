import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Names and aliases of a record as `normaliseName` writes them. */
export const recordNames = sqliteTable(
  'record_names',
  {
    recordId: integer('record_id').notNull(),
    name: text().notNull(),
    isMain: integer('is_main', { mode: 'boolean' }).notNull(),
    country: text(),
    birthYear: text('birth_year'),
  },
  (table) => [primaryKey({ columns: [table.recordId, table.name] })],
);

/** Why two records are one performer. */
export const links = sqliteTable(
  'links',
  {
    first: text().notNull(),
    second: text().notNull(),
    rule: text().notNull(),
    evidence: text({ mode: 'json' }).$type<unknown>().notNull(),
    linkedAt: text('linked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.first, table.second] })],
);

/** Evidence that contradicts itself. */
export const conflicts = sqliteTable(
  'conflicts',
  {
    first: text().notNull(),
    second: text().notNull(),
    kind: text().notNull(),
    evidence: text({ mode: 'json' }).$type<unknown>().notNull(),
    foundAt: text('found_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.first, table.second] })],
);

/** What somebody should look at. */
export const reviews = sqliteTable('reviews', {
  key: text().primaryKey(),
  kind: text({ enum: ['duplicate', 'face'] }).notNull(),
  rule: text().notNull(),
  first: text().notNull(),
  second: text().notNull(),
  distance: real(),
  evidence: text({ mode: 'json' }).$type<unknown>().notNull(),
  foundAt: text('found_at').notNull(),
  /** The sweep that found it last. */
  sweep: text(),
});

/** What was decided, kept also when its review is gone. */
export const decisions = sqliteTable('decisions', {
  key: text().primaryKey(),
  kind: text({ enum: ['duplicate', 'face'] }).notNull(),
  first: text().notNull(),
  second: text().notNull(),
  decision: text({ enum: ['same', 'different', 'drop'] }),
  actor: text().notNull(),
  decidedAt: text('decided_at').notNull(),
  applied: text(),
});
