import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { vectorBlob } from './vector-blob.ts';

/** Who must not come (back) into the catalog, as hashes: the only trace of somebody who left it. */
export const blockedKeys = sqliteTable(
  'barred_keys',
  {
    /** `excluded:<exclusion>`, or a reason of eligibility with the hash of the record that it is about. */
    cause: text().notNull(),
    hash: text().notNull(),
    /** Records of this endpoint are not meant. */
    spared: text(),
  },
  (table) => [primaryKey({ columns: [table.cause, table.hash] })],
);

/** The faces of exclusions, made from photos that were not kept: they never leave this catalog. */
export const excludedFaces = sqliteTable(
  'excluded_faces',
  {
    fingerprint: text().notNull(),
    pack: text().notNull(),
    vector: vectorBlob().notNull(),
  },
  (table) => [primaryKey({ columns: [table.fingerprint, table.pack] })],
);

/** What left the catalog for each exclusion so far. */
export const exclusionCounts = sqliteTable('exclusion_counts', {
  exclusionId: integer('exclusion_id').primaryKey(),
  performers: integer().notNull(),
  faces: integer().notNull(),
});
