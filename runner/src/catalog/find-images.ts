import { and, asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';
import type { AcceptedFace, Embedding, FaceOutcome, KnownImage } from './image-outcome.ts';
import { embeddings, faces, images, labels } from './schema/images.ts';

const imageFields = {
  id: images.id,
  performerId: images.performerId,
  source: images.source,
  url: images.url,
  pack: images.pack,
  etag: images.etag,
  lastModified: images.lastModified,
  sha256: images.sha256,
  widthPx: images.width,
  heightPx: images.height,
  outcome: images.outcome,
  reason: images.reason,
  checkedAt: images.checkedAt,
  failingSince: images.failingSince,
  pageUrl: images.pageUrl,
  rule: images.rule,
};

/** Every picture of a performer that was judged with the pack. */
export function listImages(
  database: CatalogDatabase,
  performerId: number,
  pack: string,
): Promise<KnownImage[]> {
  return select(database, and(eq(images.performerId, performerId), eq(images.pack, pack)));
}

/** Pictures at this address, whoever they belong to. */
export function listImagesByUrl(database: CatalogDatabase, url: string, pack: string): Promise<KnownImage[]> {
  return select(database, and(eq(images.url, url), eq(images.pack, pack)));
}

/** Pictures with this content, wherever they were found. */
export function listImagesBySha256(
  database: CatalogDatabase,
  sha256: string,
  pack: string,
): Promise<KnownImage[]> {
  return select(database, and(eq(images.sha256, sha256), eq(images.pack, pack)));
}

function select({ db }: CatalogDatabase, where: SQL | undefined): Promise<KnownImage[]> {
  return db.select(imageFields).from(images).where(where).orderBy(asc(images.id));
}

/** Every face of a picture as it was judged, with the vectors that were kept. */
export async function listFaces(database: CatalogDatabase, imageId: number): Promise<FaceOutcome[]> {
  const rows = await database.db
    .select()
    .from(faces)
    .where(eq(faces.imageId, imageId))
    .orderBy(asc(faces.position));
  const vectors = await embeddingsOf(
    database,
    rows.map((row) => row.id),
  );
  return rows.map(({ id, imageId: _, position: __, comparedAt: ___, ...face }) => ({
    ...face,
    embeddings: vectors.get(id) ?? [],
  }));
}

/** A performer's accepted faces with their vectors, by label. */
export async function listAcceptedFaces(
  database: CatalogDatabase,
  performerId: number,
  pack: string,
): Promise<AcceptedFace[]> {
  const rows = await database.db
    .select({
      faceId: faces.id,
      imageId: faces.imageId,
      source: images.source,
      quality: faces.quality,
      label: labels.label,
    })
    .from(labels)
    .innerJoin(faces, eq(faces.id, labels.faceId))
    .innerJoin(images, eq(images.id, faces.imageId))
    .where(and(eq(labels.pack, pack), eq(labels.performerId, performerId)))
    .orderBy(asc(labels.label));
  const vectors = await embeddingsOf(
    database,
    rows.map((row) => row.faceId),
  );
  return rows.map((row) => ({ ...row, embeddings: vectors.get(row.faceId) ?? [] }));
}

/** How many accepted faces a performer has: what the limits per source and in total are held against. */
export async function faceCounts(
  { db }: CatalogDatabase,
  performerId: number,
  pack: string,
): Promise<{ total: number; bySource: Record<string, number> }> {
  const rows = await db
    .select({ source: images.source, held: count() })
    .from(images)
    .innerJoin(faces, eq(faces.imageId, images.id))
    .where(and(eq(images.performerId, performerId), eq(images.pack, pack), eq(faces.accepted, true)))
    .groupBy(images.source);
  return {
    total: rows.reduce((sum, row) => sum + row.held, 0),
    bySource: Object.fromEntries(rows.map((row) => [row.source, row.held])),
  };
}

async function embeddingsOf({ db }: CatalogDatabase, ids: number[]): Promise<Map<number, Embedding[]>> {
  const found = new Map<number, Embedding[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const rows = await db
    .select()
    .from(embeddings)
    .where(inArray(embeddings.faceId, ids))
    .orderBy(asc(embeddings.model));
  for (const { faceId, model, vector } of rows) found.get(faceId)?.push({ model, vector });
  return found;
}

/** An image that could not be had or decoded, and the record that listed it. */
interface FailedImage {
  id: number;
  remoteId: string;
  reason: string | null;
  failingSince: string | null;
  checkedAt: string;
}

/** Failed images of a source's live records, in the order of their row ids, after `after`: for walking through all in portions. */
export function listFailedImages(
  { db }: CatalogDatabase,
  source: string,
  pack: string,
  after: number,
  limit: number,
): Promise<FailedImage[]> {
  return db.all<FailedImage>(sql`SELECT images.id, remote_id AS remoteId, reason, failing_since AS failingSince,
      checked_at AS checkedAt
    FROM images JOIN performer_records AS record ON record.id = record_id
    WHERE outcome = 'failed' AND source = ${source} AND pack = ${pack} AND images.id > ${after}
      AND record.endpoint = ${source} AND record.deleted = 0
    ORDER BY images.id LIMIT ${limit}`);
}

/** Addresses of images that a source has served, the latest first. */
export async function listServedUrls(
  { db }: CatalogDatabase,
  source: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.all<{ url: string }>(sql`SELECT url FROM images
    WHERE source = ${source} AND outcome = 'accepted' ORDER BY id DESC LIMIT ${limit}`);
  return rows.map(({ url }) => url);
}
