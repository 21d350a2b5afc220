import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';

export interface CatalogStats {
  /** Performers with at least one record that is not deleted. */
  performers: number;
  performersWithFaces: number;
  records: Record<string, number>;
  packs: PackStats[];
}

/** What the catalog holds for one model pack. */
export interface PackStats {
  pack: string;
  images: number;
  faces: number;
  embeddings: number;
  /** Labels given so far, retired ones included. */
  labels: number;
  /** `source` and `reason` (or `accepted`) to number of pictures. */
  imagesByReason: ReasonCount[];
  facesByReason: ReasonCount[];
}

export interface ReasonCount {
  source: string;
  accepted: boolean;
  reason: string;
  count: number;
}

/** Counts for people; reads whole tables. */
export async function catalogStats(database: CatalogDatabase): Promise<CatalogStats> {
  const { db } = database;
  const records = await db.all<{ endpoint: string; held: number }>(
    sql`SELECT endpoint, count(*) AS held FROM performer_records WHERE deleted = 0 GROUP BY endpoint ORDER BY endpoint`,
  );
  const packs = await db.all<{ pack: string }>(sql`SELECT DISTINCT pack FROM images ORDER BY pack`);
  return {
    performers: await number(
      database,
      sql`SELECT count(DISTINCT performer_id) AS n FROM performer_records WHERE deleted = 0`,
    ),
    performersWithFaces: await number(
      database,
      sql`SELECT count(DISTINCT performer_id) AS n FROM labels WHERE face_id IS NOT NULL`,
    ),
    records: Object.fromEntries(records.map((row) => [row.endpoint, row.held])),
    packs: await Promise.all(packs.map(({ pack }) => packStats(database, pack))),
  };
}

/** Counts of one pack, also for a version's quality report. */
export async function packStats(database: CatalogDatabase, pack: string): Promise<PackStats> {
  return {
    pack,
    images: await number(database, sql`SELECT count(*) AS n FROM images WHERE pack = ${pack}`),
    faces: await number(
      database,
      sql`SELECT count(*) AS n FROM labels WHERE pack = ${pack} AND face_id IS NOT NULL`,
    ),
    embeddings: await number(
      database,
      sql`SELECT count(*) AS n FROM embeddings JOIN labels USING (face_id) WHERE pack = ${pack}`,
    ),
    labels: await number(database, sql`SELECT count(*) AS n FROM labels WHERE pack = ${pack}`),
    imagesByReason: await reasons(
      database,
      sql`SELECT source, outcome = 'accepted' AS accepted, coalesce(reason, outcome) AS reason, count(*) AS count
        FROM images WHERE pack = ${pack} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    ),
    facesByReason: await reasons(
      database,
      sql`SELECT source, accepted, faces.reason AS reason, count(*) AS count
        FROM faces JOIN images ON images.id = image_id WHERE pack = ${pack} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    ),
  };
}

async function number({ db }: CatalogDatabase, query: ReturnType<typeof sql>): Promise<number> {
  const row = await db.get<{ n: number }>(query);
  return row.n;
}

async function reasons({ db }: CatalogDatabase, query: ReturnType<typeof sql>): Promise<ReasonCount[]> {
  const rows = await db.all<Omit<ReasonCount, 'accepted'> & { accepted: number }>(query);
  return rows.map((row) => ({ ...row, accepted: row.accepted === 1 }));
}
