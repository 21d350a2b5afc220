import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What a source answered about a performer, per mode and model pack. */
export const lookUps = sqliteTable(
  'look_ups',
  {
    performerId: integer('performer_id').notNull(),
    source: text().notNull(),
    mode: text().notNull(),
    pack: text().notNull(),
    outcome: text().notNull(),
    reason: text(),
    pageUrl: text('page_url'),
    /** Equal as long as asking again would mean the same question. */
    askedWith: text('asked_with').notNull(),
    /** Equal as long as pictures would be judged the same way. */
    judgedWith: text('judged_with').notNull(),
    /** Pictures worth another look, should there be room. */
    openImages: integer('open_images').notNull(),
    lookedUpAt: text('looked_up_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.performerId, table.source, table.mode, table.pack] })],
);

/** A performer's pages; the content only until the performer is committed. */
export const readPages = sqliteTable(
  'read_pages',
  {
    performerId: integer('performer_id').notNull(),
    source: text().notNull(),
    url: text().notNull(),
    etag: text(),
    lastModified: text('last_modified'),
    status: integer().notNull(),
    cameFrom: text('came_from').notNull(),
    contentType: text('content_type'),
    /** gzip */
    content: blob({ mode: 'buffer' }),
    readAt: text('read_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.performerId, table.source, table.url] })],
);

/** Names that pages give a performer. */
export const pageNames = sqliteTable(
  'page_names',
  {
    performerId: integer('performer_id').notNull(),
    source: text().notNull(),
    name: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.performerId, table.source, table.name] })],
);
