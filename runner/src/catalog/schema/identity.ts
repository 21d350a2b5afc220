import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

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
  (table) => [
    primaryKey({ columns: [table.recordId, table.name] }),
    index('record_names_name').on(table.name, table.country, table.birthYear),
  ],
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
  (table) => [primaryKey({ columns: [table.first, table.second] }), index('links_second').on(table.second)],
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
  (table) => [
    primaryKey({ columns: [table.first, table.second] }),
    index('conflicts_second').on(table.second),
  ],
);

/** What somebody should look at. */
export const reviews = sqliteTable(
  'reviews',
  {
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
  },
  (table) => [
    index('reviews_first').on(table.first),
    index('reviews_rule').on(table.rule),
    index('reviews_second').on(table.second),
  ],
);

/** What was decided, kept also when its review is gone. */
export const decisions = sqliteTable(
  'decisions',
  {
    key: text().primaryKey(),
    kind: text({ enum: ['duplicate', 'face'] }).notNull(),
    first: text().notNull(),
    second: text().notNull(),
    decision: text({ enum: ['same', 'different', 'drop'] }),
    actor: text().notNull(),
    decidedAt: text('decided_at').notNull(),
    applied: text(),
  },
  (table) => [index('decisions_first').on(table.first), index('decisions_second').on(table.second)],
);
