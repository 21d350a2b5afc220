import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { vectorBlob } from './vector-blob.ts';

/** One picture of one performer, as judged with one model pack. */
export const images = sqliteTable(
  'images',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    performerId: integer('performer_id').notNull(),
    source: text().notNull(),
    url: text().notNull(),
    pack: text().notNull(),
    etag: text(),
    lastModified: text('last_modified'),
    sha256: text(),
    width: integer(),
    height: integer(),
    outcome: text({ enum: ['accepted', 'rejected', 'failed'] }).notNull(),
    reason: text(),
    checkedAt: text('checked_at').notNull(),
    /** Since when it fails for its `reason`; null unless `outcome` is `failed`. */
    failingSince: text('failing_since'),
    /** The record that listed it, or whose address led to its page; null when only a name did. */
    recordId: integer('record_id'),
    /** The page that shows it, where there is one. */
    pageUrl: text('page_url'),
    /** What made the source say that it is the performer's. */
    rule: text(),
  },
  (table) => [
    unique().on(table.performerId, table.source, table.url, table.pack),
    index('images_failed').on(table.source, table.pack, table.id).where(sql`outcome = 'failed'`),
    index('images_record').on(table.recordId),
    index('images_sha256').on(table.sha256).where(sql`sha256 IS NOT NULL`),
    index('images_source').on(table.performerId, table.source),
    index('images_url').on(table.url),
  ],
);

/** One detected face. `reason` is the rule that accepted it, or why it was rejected. */
export const faces = sqliteTable(
  'faces',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    imageId: integer('image_id').notNull(),
    position: integer().notNull(),
    box: text({ mode: 'json' }).$type<{ x: number; y: number; width: number; height: number }>().notNull(),
    landmarks: text({ mode: 'json' }).$type<number[]>().notNull(),
    yaw: real(),
    quality: real().notNull(),
    confidence: real().notNull(),
    accepted: integer({ mode: 'boolean' }).notNull(),
    reason: text().notNull(),
    distance: real(),
    /** When it was last held against the faces of all other performers. */
    comparedAt: text('compared_at'),
  },
  (table) => [
    unique().on(table.imageId, table.position),
    index('faces_to_compare').on(table.id).where(sql`accepted = 1 AND compared_at IS NULL`),
  ],
);

export const embeddings = sqliteTable(
  'embeddings',
  {
    faceId: integer('face_id').notNull(),
    model: text().notNull(),
    vector: vectorBlob().notNull(),
  },
  (table) => [primaryKey({ columns: [table.faceId, table.model] })],
);

/** The ledger of index labels: `faceId` is null once the label is retired. */
export const labels = sqliteTable(
  'labels',
  {
    pack: text().notNull(),
    label: integer().notNull(),
    performerId: integer('performer_id').notNull(),
    faceId: integer('face_id').unique(),
  },
  (table) => [
    primaryKey({ columns: [table.pack, table.label] }),
    index('labels_performer').on(table.pack, table.performerId),
  ],
);
