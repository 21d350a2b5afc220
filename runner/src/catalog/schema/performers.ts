import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';

/** One row that gives this catalog its name; runners tell the control plane which catalog they hold. */
export const catalogIdentity = sqliteTable('catalog_identity', {
  id: integer().primaryKey(),
  catalogId: text('catalog_id').notNull(),
  createdAt: text('created_at').notNull(),
});

/** An identity. What sources say about it stands in `performerRecords`. */
export const performers = sqliteTable(
  'performers',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    originEndpoint: text('origin_endpoint').notNull(),
    originId: text('origin_id').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (table) => [unique().on(table.originEndpoint, table.originId)],
);

/** What one endpoint says about a performer; also the link from that endpoint's id to the performer. */
export const performerRecords = sqliteTable(
  'performer_records',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    performerId: integer('performer_id').notNull(),
    endpoint: text().notNull(),
    remoteId: text('remote_id').notNull(),
    name: text().notNull(),
    disambiguation: text(),
    gender: text(),
    country: text(),
    ethnicity: text(),
    birthDate: text('birth_date'),
    deathDate: text('death_date'),
    heightCm: integer('height_cm'),
    eyeColor: text('eye_color'),
    hairColor: text('hair_color'),
    careerStartYear: integer('career_start_year'),
    careerEndYear: integer('career_end_year'),
    sceneCount: integer('scene_count'),
    imageUrl: text('image_url'),
    updated: text(),
    deleted: integer({ mode: 'boolean' }).notNull().default(false),
    mergedInto: text('merged_into'),
    committedAt: text('committed_at').notNull(),
    /** The version of the release that it was imported from; null once its endpoint gave it. */
    importedFrom: text('imported_from'),
  },
  (table) => [
    unique().on(table.endpoint, table.remoteId),
    index('performer_records_birth').on(table.birthDate).where(sql`length(birth_date) = 10`),
    index('performer_records_merged')
      .on(table.endpoint, table.mergedInto)
      .where(sql`merged_into IS NOT NULL`),
    index('performer_records_performer').on(table.performerId),
  ],
);

export const urls = sqliteTable(
  'urls',
  {
    recordId: integer('record_id').notNull(),
    url: text().notNull(),
    site: text(),
    siteId: text('site_id'),
    confidence: real(),
  },
  (table) => [
    primaryKey({ columns: [table.recordId, table.url] }),
    index('urls_site').on(table.site, table.siteId),
  ],
);

export const aliases = sqliteTable(
  'aliases',
  {
    recordId: integer('record_id').notNull(),
    alias: text().notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordId, table.alias] })],
);

export const mergedIds = sqliteTable(
  'merged_ids',
  { recordId: integer('record_id').notNull(), mergedId: text('merged_id').notNull() },
  (table) => [
    primaryKey({ columns: [table.recordId, table.mergedId] }),
    index('merged_ids_id').on(table.mergedId),
  ],
);

/** Tattoos and piercings, in the source's order. */
export const bodyModifications = sqliteTable(
  'body_modifications',
  {
    recordId: integer('record_id').notNull(),
    kind: text({ enum: ['tattoo', 'piercing'] }).notNull(),
    position: integer().notNull(),
    location: text().notNull(),
    description: text(),
  },
  (table) => [primaryKey({ columns: [table.recordId, table.kind, table.position] })],
);
