import type { DatabaseSync } from 'node:sqlite';
import type { Manifest, QualitySummary } from '@trainer/contract/versions';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { type PackStats, packStats } from '../catalog/catalog-stats.ts';
import type { CatalogDatabase } from '../catalog/database.ts';
import type { IndexQuality } from './build-index.ts';
import { type Findability, SIDECAR_NEIGHBOURS } from './measure-findability.ts';
import type { Recognition } from './measure-recognition.ts';
import type { IndexScan } from './scan-voyager.ts';
import type { IndexFile } from './version-files.ts';

/** What a version is worth, for people; `summary` is the part that lists show. */
export interface QualityReport {
  version: string;
  summary: QualitySummary;
  size: {
    performers: number;
    performers_with_faces: number;
    performers_without_faces: number;
    faces: number;
    mean_faces: number;
    median_faces: number;
  };
  /** Performers by number of faces; the last three classes overlap. */
  histogram: Record<'0' | '1' | '2-3' | '4+' | '5+' | '10+', number>;
  sources: Record<string, SourceQuality>;
  rejections: { images: Reason[]; faces: Reason[] };
  /** Faces that were compared with ones held, by cosine distance in steps of 0.05. */
  near_limits: { from: number; accepted: number; rejected: number }[];
  duplicates: { images_of_several_performers: number };
  consistency: {
    database_faces: number;
    labels: number;
    gaps: number;
    accepted_faces_left_out: number;
    performers_with_faces_and_no_id: number;
  };
  vectors: Record<
    string,
    { count: number; norm_min: number; norm_max: number; not_finite: number; zero: number }
  >;
  /** By embedder. */
  findability: Record<string, Findability>;
  self_recognition: Record<string, Recognition>;
  change: { parent: string; performers_delta: number; faces_delta: number } | null;
  provenance: Record<string, unknown>;
}

interface SourceQuality {
  performers: number;
  faces: number;
  images_tried: number;
  images_accepted: number;
  images_rejected: number;
  images_failed: number;
}

interface Reason {
  source: string;
  reason: string;
  count: number;
}

export interface QualityInput {
  version: string;
  db: DatabaseSync;
  catalog: CatalogDatabase;
  pack: string;
  labels: number;
  hasOneEmbedder: boolean;
  walks: Record<IndexFile, IndexScan>;
  /** By embedder. */
  indexes: Record<string, IndexQuality>;
  parent: Pick<Manifest, 'version' | 'performer_count' | 'face_count'> | null;
  provenance: Record<string, unknown>;
}

export async function reportQuality(input: QualityInput): Promise<QualityReport> {
  const { db, catalog, pack, parent } = input;
  const stats = await packStats(catalog, pack);
  const counts = faceCounts(db);
  const size = sizeOf(counts);
  const one = counts.get(1) ?? 0;
  return {
    version: input.version,
    summary: {
      faces_per_performer: size.mean_faces,
      single_face_share: share(one, size.performers_with_faces),
      self_recognition: Object.values(input.indexes)[0]?.recognition.top1 ?? null,
      warnings: warnings(input, size.faces),
    },
    size,
    histogram: histogram(counts),
    sources: await sourcesOf(db, catalog, pack),
    rejections: { images: rejected(stats.imagesByReason), faces: rejected(stats.facesByReason) },
    near_limits: await nearLimits(catalog, pack),
    duplicates: { images_of_several_performers: await sharedImages(catalog, pack) },
    consistency: {
      database_faces: size.faces,
      labels: input.labels,
      gaps: input.labels - size.faces,
      accepted_faces_left_out: stats.faces - size.faces,
      performers_with_faces_and_no_id: count(
        db,
        `SELECT count(*) AS n FROM performers LEFT JOIN temp.universal_ids ON performer_id = id
         WHERE face_count > 0 AND universal_id IS NULL`,
      ),
    },
    vectors: Object.fromEntries(Object.entries(input.walks).map(([file, walk]) => [file, vectorsOf(walk)])),
    findability: mapValues(input.indexes, (each) => each.findability),
    self_recognition: mapValues(input.indexes, (each) => each.recognition),
    change: parent && {
      parent: parent.version,
      performers_delta: size.performers_with_faces - parent.performer_count,
      faces_delta: size.faces - liveFaces(parent),
    },
    provenance: input.provenance,
  };
}

const ownCounts = z.looseObject({ counts: z.object({ faces: z.int() }) });

/** `face_count` includes gaps; manifests of this program also say how many faces are somebody's. */
function liveFaces(parent: NonNullable<QualityInput['parent']>): number {
  return ownCounts.safeParse(parent).data?.counts.faces ?? parent.face_count;
}

function warnings({ labels, hasOneEmbedder, indexes }: QualityInput, faces: number): string[] {
  const found: string[] = [];
  if (labels < SIDECAR_NEIGHBOURS) {
    found.push(
      `It holds ${labels} vectors. A stash-sense sidecar asks for ${SIDECAR_NEIGHBOURS} neighbours and fails when ` +
        'there are fewer: add more performers or pictures.',
    );
  }
  if (hasOneEmbedder) {
    found.push(
      'Its model pack has one embedder, which fills both indexes: a sidecar with other models can load it, but ' +
        'will not recognise anybody with it.',
    );
  }
  if (labels > faces * 1.2) {
    found.push(`${labels - faces} of its ${labels} labels belong to nobody any more and hold fillers.`);
  }
  for (const [model, { findability, recognition }] of Object.entries(indexes)) {
    const { own_vector_first } = recognition;
    const { missing } = findability;
    if (own_vector_first < 0.99) {
      found.push(`Only ${(own_vector_first * 100).toFixed(1)} % of the ${model} vectors find themselves.`);
    }
    if (missing.count > 0) {
      found.push(
        `A sidecar will not find ${missing.count} of the ${findability.looked_for} ${model} vectors, whatever it asks. ` +
          `Their labels, up to 100, stand in quality.json.`,
      );
    }
  }
  return found;
}

/** Number of performers by number of faces. */
function faceCounts(db: DatabaseSync): Map<number, number> {
  const rows = db.prepare('SELECT face_count, count(*) AS n FROM performers GROUP BY 1 ORDER BY 1').all();
  return new Map(rows.map((row) => [Number(row.face_count), Number(row.n)]));
}

function sizeOf(counts: Map<number, number>): QualityReport['size'] {
  const performers = sum(counts.values());
  const withFaces = performers - (counts.get(0) ?? 0);
  const faces = sum([...counts].map(([held, n]) => held * n));
  return {
    performers,
    performers_with_faces: withFaces,
    performers_without_faces: performers - withFaces,
    faces,
    mean_faces: round(faces / Math.max(1, withFaces)),
    median_faces: medianOf(counts, withFaces),
  };
}

/** The lower median over performers with faces. */
function medianOf(counts: Map<number, number>, performers: number): number {
  let passed = 0;
  for (const [held, n] of counts) {
    if (held === 0) continue;
    passed += n;
    if (passed * 2 >= performers) return held;
  }
  return 0;
}

function histogram(counts: Map<number, number>): QualityReport['histogram'] {
  const between = (least: number, most: number) =>
    sum([...counts].map(([held, n]) => (held >= least && held <= most ? n : 0)));
  return {
    '0': between(0, 0),
    '1': between(1, 1),
    '2-3': between(2, 3),
    '4+': between(4, Number.POSITIVE_INFINITY),
    '5+': between(5, Number.POSITIVE_INFINITY),
    '10+': between(10, Number.POSITIVE_INFINITY),
  };
}

async function sourcesOf(
  db: DatabaseSync,
  catalog: CatalogDatabase,
  pack: string,
): Promise<QualityReport['sources']> {
  const held = db
    .prepare(
      'SELECT source_endpoint AS source, count(*) AS faces, count(DISTINCT performer_id) AS performers FROM faces GROUP BY 1',
    )
    .all();
  const tried = await catalog.db.all<{ source: string; outcome: string; n: number }>(
    sql`SELECT source, outcome, count(*) AS n FROM images WHERE pack = ${pack} GROUP BY 1, 2`,
  );
  const names = new Set([...held, ...tried].map((row) => String(row.source)));
  const images = (source: string, outcome?: string) =>
    sum(tried.map((row) => (row.source === source && (outcome ?? row.outcome) === row.outcome ? row.n : 0)));
  const entries = [...names].sort().map((source): [string, SourceQuality] => {
    const row = held.find((each) => each.source === source);
    return [
      source,
      {
        performers: Number(row?.performers ?? 0),
        faces: Number(row?.faces ?? 0),
        images_tried: images(source),
        images_accepted: images(source, 'accepted'),
        images_rejected: images(source, 'rejected'),
        images_failed: images(source, 'failed'),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function rejected(reasons: PackStats['imagesByReason']): Reason[] {
  return reasons
    .filter((each) => !each.accepted)
    .map(({ source, reason, count }) => ({ source, reason, count }));
}

function nearLimits({ db }: CatalogDatabase, pack: string): Promise<QualityReport['near_limits']> {
  return db.all(sql`
    SELECT CAST(distance * 20 AS INTEGER) / 20.0 AS "from", sum(accepted) AS accepted, sum(NOT accepted) AS rejected
    FROM faces JOIN images ON images.id = image_id WHERE pack = ${pack} AND distance IS NOT NULL
    GROUP BY 1 ORDER BY 1`);
}

async function sharedImages({ db }: CatalogDatabase, pack: string): Promise<number> {
  const row = await db.get<{ n: number }>(sql`
    SELECT count(*) AS n FROM (SELECT 1 FROM images
      WHERE pack = ${pack} AND sha256 IS NOT NULL AND outcome = 'accepted'
      GROUP BY sha256 HAVING count(DISTINCT performer_id) > 1)`);
  return row.n;
}

function vectorsOf(walk: IndexScan): QualityReport['vectors'][string] {
  return {
    count: walk.layout?.count ?? 0,
    norm_min: walk.normMin,
    norm_max: walk.normMax,
    not_finite: walk.notFinite,
    zero: walk.zero,
  };
}

function count(db: DatabaseSync, query: string): number {
  return Number(db.prepare(query).get()?.n);
}

function mapValues<From, To>(record: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : round(part / whole);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
