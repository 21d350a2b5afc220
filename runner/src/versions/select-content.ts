import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { embeddings, faces, images, labels } from '../catalog/schema/images.ts';
import {
  aliases,
  bodyModifications,
  mergedIds,
  performerRecords,
  performers,
  urls,
} from '../catalog/schema/performers.ts';

/**
 * What of the catalog goes into a version, read page by page so that memory stays the same however large the
 * catalog is. The filter is the one place where people and faces are left out.
 */
export interface ContentFilter {
  /** A performer of whom no record is kept is not kept either. */
  keepsRecord(record: SelectedRecord): boolean;
  keepsPerformer(performer: SelectedPerformer): boolean;
  keepsFace(face: SelectedFace): boolean;
}

export const KEEP_ALL: ContentFilter = {
  keepsRecord: () => true,
  keepsPerformer: () => true,
  keepsFace: () => true,
};

export interface SelectedPerformer {
  id: number;
  createdAt: string;
  /** Not deleted; at least one. */
  records: SelectedRecord[];
}

export type SelectedRecord = typeof performerRecords.$inferSelect & {
  aliases: string[];
  urls: { url: string; site: string; siteId: string; confidence: number }[];
  mergedIds: string[];
  modifications: { kind: 'tattoo' | 'piercing'; location: string; description: string | null }[];
};

export interface SelectedFace {
  label: number;
  performerId: number;
  faceId: number;
  imageUrl: string;
  source: string;
  quality: number;
  yaw: number | null;
  checkedAt: string;
}

const PERFORMERS_PER_PAGE = 500;
const FACES_PER_PAGE = 2_000;
const VECTORS_PER_PAGE = 500;

/** Performers with at least one live record, by id. */
export async function* selectPerformers(
  database: CatalogDatabase,
  filter: ContentFilter,
): AsyncGenerator<SelectedPerformer[]> {
  for (let after = 0; ; ) {
    const page = await performerPage(database, after);
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
    yield page
      .filter((performer) => filter.keepsPerformer(performer))
      .map((performer) => ({ ...performer, records: performer.records.filter(filter.keepsRecord) }))
      .filter(({ records }) => records.length > 0);
  }
}

/** Accepted faces that have a vector of every model, by label. */
export async function* selectFaces(
  { db }: CatalogDatabase,
  pack: string,
  models: string[],
  filter: ContentFilter,
): AsyncGenerator<SelectedFace[]> {
  const vectors = db
    .select({ n: count() })
    .from(embeddings)
    .where(and(eq(embeddings.faceId, faces.id), inArray(embeddings.model, models)));
  for (let after = -1; ; ) {
    const page = await db
      .select({
        label: labels.label,
        performerId: labels.performerId,
        faceId: faces.id,
        imageUrl: images.url,
        source: images.source,
        quality: faces.quality,
        yaw: faces.yaw,
        checkedAt: images.checkedAt,
      })
      .from(labels)
      .innerJoin(faces, eq(faces.id, labels.faceId))
      .innerJoin(images, eq(images.id, faces.imageId))
      .where(and(eq(labels.pack, pack), gt(labels.label, after), sql`(${vectors}) = ${models.length}`))
      .orderBy(asc(labels.label))
      .limit(FACES_PER_PAGE);
    const last = page.at(-1);
    if (!last) return;
    after = last.label;
    yield page.filter((face) => filter.keepsFace(face));
  }
}

/** Vectors `[512]` of one model, by label. */
export async function* selectVectors(
  { db }: CatalogDatabase,
  pack: string,
  model: string,
): AsyncGenerator<{ label: number; faceId: number; vector: Float32Array }[]> {
  for (let after = -1; ; ) {
    const page = await db
      .select({ label: labels.label, faceId: embeddings.faceId, vector: embeddings.vector })
      .from(labels)
      .innerJoin(embeddings, and(eq(embeddings.faceId, labels.faceId), eq(embeddings.model, model)))
      .where(and(eq(labels.pack, pack), gt(labels.label, after)))
      .orderBy(asc(labels.label))
      .limit(VECTORS_PER_PAGE);
    const last = page.at(-1);
    if (!last) return;
    after = last.label;
    yield page;
  }
}

async function performerPage({ db }: CatalogDatabase, after: number): Promise<SelectedPerformer[]> {
  const live = eq(performerRecords.deleted, false);
  const page = await db
    .selectDistinct({ id: performers.id, createdAt: performers.createdAt })
    .from(performerRecords)
    .innerJoin(performers, eq(performers.id, performerRecords.performerId))
    .where(and(live, gt(performerRecords.performerId, after)))
    .orderBy(asc(performers.id))
    .limit(PERFORMERS_PER_PAGE);
  const ids = page.map((row) => row.id);
  if (ids.length === 0) return [];
  const rows = await db
    .select()
    .from(performerRecords)
    .where(and(live, inArray(performerRecords.performerId, ids)))
    .orderBy(asc(performerRecords.id));
  const records = await withLists(db, rows);
  const byPerformer = Map.groupBy(records, (record) => record.performerId);
  return page.map((row) => ({ ...row, records: byPerformer.get(row.id) ?? [] }));
}

async function withLists(
  db: CatalogDatabase['db'],
  rows: (typeof performerRecords.$inferSelect)[],
): Promise<SelectedRecord[]> {
  const ids = rows.map((row) => row.id);
  const lists = {
    aliases: await grouped(
      db.select().from(aliases).where(inArray(aliases.recordId, ids)).orderBy(aliases.position),
    ),
    urls: await grouped(db.select().from(urls).where(inArray(urls.recordId, ids)).orderBy(urls.url)),
    mergedIds: await grouped(
      db.select().from(mergedIds).where(inArray(mergedIds.recordId, ids)).orderBy(mergedIds.mergedId),
    ),
    modifications: await grouped(
      db
        .select()
        .from(bodyModifications)
        .where(inArray(bodyModifications.recordId, ids))
        .orderBy(bodyModifications.position),
    ),
  };
  return rows.map((row) => ({
    ...row,
    aliases: (lists.aliases.get(row.id) ?? []).map((each) => each.alias),
    urls: (lists.urls.get(row.id) ?? []).flatMap(({ url, site, siteId, confidence }) =>
      site === null || siteId === null ? [] : [{ url, site, siteId, confidence: confidence ?? 0 }],
    ),
    mergedIds: (lists.mergedIds.get(row.id) ?? []).map((each) => each.mergedId),
    modifications: lists.modifications.get(row.id) ?? [],
  }));
}

async function grouped<Row extends { recordId: number }>(
  rows: PromiseLike<Row[]>,
): Promise<Map<number, Row[]>> {
  return Map.groupBy(await rows, (row) => row.recordId);
}
