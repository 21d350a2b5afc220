import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ImportError } from './import-error.ts';
import type { ReleaseFace, ReleasePerformer } from './release.ts';

const PERFORMERS_PER_PAGE = 500;

/** Releases write an empty text where nothing is known, and so does who edits them by hand. */
const text = z
  .preprocess((value) => (value === '' ? null : value), z.string().max(2_000).nullable())
  .catch(null);
const whole = z.int().nullable().catch(null);
const address = z.httpUrl().max(2_000).nullable().catch(null);

const performerRow = z.object({
  id: z.int().positive(),
  canonical_name: z.string().trim().min(1).max(500),
  disambiguation: text,
  gender: text,
  country: text,
  ethnicity: text,
  birth_date: text,
  death_date: text,
  height_cm: whole,
  eye_color: text,
  hair_color: text,
  career_start_year: whole,
  career_end_year: whole,
  scene_count: whole,
  stashdb_updated_at: text,
  image_url: address,
});

const required = { performer_id: z.int() };
const idRow = z.object({
  ...required,
  endpoint: z.string().min(1),
  stashbox_performer_id: z.string().min(1),
});
const aliasRow = z.object({ ...required, alias: z.string().min(1), source_endpoint: text });
const urlRow = z.object({ ...required, url: z.httpUrl(), source_endpoint: text });
const mergedRow = z.object({
  ...required,
  merged_stashbox_id: z.string().min(1),
  endpoint: z.string().min(1),
});
const modificationRow = z.object({
  ...required,
  location: z.string(),
  description: text,
  source_endpoint: text,
});
const faceRow = z.object({
  ...required,
  label: z.int().nonnegative(),
  image_url: address,
  source_endpoint: z.string().min(1),
  quality_score: z.number().min(0).max(1).nullable().catch(null),
  yaw: z.number().min(-180).max(180).nullable().catch(null).default(null),
  image_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .catch(null)
    .default(null),
});

/** `performers.db` of a release, read page by page. Rows that no reader could use are counted and left out. */
export interface ReleaseDatabase {
  count: number;
  performers(after: number): Generator<ReleasePerformer[]>;
  /** Rows left out so far. */
  unreadable(): number;
  close(): void;
}

/**
 * @param labelColumn the column of `faces` that holds the position in the index
 * @throws ImportError `not_a_release` when it is no SQLite file, or lacks a table
 */
export function openReleaseDatabase(
  path: string,
  labelColumn: 'facenet_index' | 'embedding_index',
): ReleaseDatabase {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    const reader = new PerformerReader(db, labelColumn);
    return {
      count: Number(db.prepare('SELECT count(*) AS n FROM performers').get()?.n),
      performers: (after) => reader.pages(after),
      unreadable: () => reader.unreadable,
      close: () => db?.close(),
    };
  } catch (cause) {
    db?.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ImportError('not_a_release', `performers.db cannot be read as that of a release: ${why}`, {
      cause,
    });
  }
}

type Rows<Row> = Map<number, Row[]>;

class PerformerReader {
  unreadable = 0;
  readonly #db: DatabaseSync;
  readonly #faces: string;

  constructor(db: DatabaseSync, labelColumn: string) {
    this.#db = db;
    // Columns that came later may be missing: the original releases have no yaw.
    this.#faces = `SELECT *, ${labelColumn} AS label FROM faces WHERE performer_id BETWEEN ? AND ? ORDER BY ${labelColumn}`;
    db.prepare(this.#faces);
  }

  *pages(start: number): Generator<ReleasePerformer[]> {
    const page = this.#db.prepare('SELECT * FROM performers WHERE id > ? ORDER BY id LIMIT ?');
    for (let after = start; ; ) {
      const rows = page.all(after, PERFORMERS_PER_PAGE);
      const last = rows.at(-1);
      if (!last) return;
      const [from, to] = [after + 1, Number(last.id)];
      after = to;
      yield this.#assemble(this.#parse(performerRow, rows), from, to);
    }
  }

  #assemble(performers: z.infer<typeof performerRow>[], from: number, to: number): ReleasePerformer[] {
    const list = (table: string, order = 'id') =>
      `SELECT * FROM ${table} WHERE performer_id BETWEEN ? AND ? ORDER BY ${order}`;
    const ids = this.#grouped(idRow, list('stashbox_ids', 'endpoint, stashbox_performer_id'), from, to);
    const aliases = this.#grouped(aliasRow, list('aliases'), from, to);
    const urls = this.#grouped(urlRow, list('external_urls'), from, to);
    const merged = this.#grouped(mergedRow, list('merged_ids', 'endpoint, merged_stashbox_id'), from, to);
    const tattoos = this.#grouped(modificationRow, list('tattoos'), from, to);
    const piercings = this.#grouped(modificationRow, list('piercings'), from, to);
    const faces = this.#grouped(faceRow, this.#faces, from, to);
    return performers.map((row) => ({
      id: row.id,
      name: row.canonical_name,
      disambiguation: row.disambiguation,
      gender: row.gender,
      country: row.country,
      ethnicity: row.ethnicity,
      birthDate: row.birth_date,
      deathDate: row.death_date,
      heightCm: row.height_cm,
      eyeColor: row.eye_color,
      hairColor: row.hair_color,
      careerStartYear: row.career_start_year,
      careerEndYear: row.career_end_year,
      sceneCount: row.scene_count,
      stashdbUpdatedAt: row.stashdb_updated_at,
      imageUrl: row.image_url,
      stashBoxIds: (ids.get(row.id) ?? []).map(({ endpoint, stashbox_performer_id: id }) => ({
        endpoint,
        id,
      })),
      aliases: (aliases.get(row.id) ?? []).map(({ alias, source_endpoint: endpoint }) => ({
        alias,
        endpoint,
      })),
      urls: (urls.get(row.id) ?? []).map(({ url, source_endpoint: endpoint }) => ({ url, endpoint })),
      mergedIds: (merged.get(row.id) ?? []).map(({ merged_stashbox_id: id, endpoint }) => ({ id, endpoint })),
      tattoos: (tattoos.get(row.id) ?? []).map(modificationOf),
      piercings: (piercings.get(row.id) ?? []).map(modificationOf),
      faces: (faces.get(row.id) ?? []).map(faceOf),
    }));
  }

  #grouped<Schema extends z.ZodType<{ performer_id: number }>>(
    schema: Schema,
    query: string,
    from: number,
    to: number,
  ): Rows<z.output<Schema>> {
    const rows = this.#parse(schema, this.#db.prepare(query).all(from, to));
    return Map.groupBy(rows, (row) => row.performer_id);
  }

  #parse<Schema extends z.ZodType>(schema: Schema, rows: unknown[]): z.output<Schema>[] {
    return rows.flatMap((row) => {
      const parsed = schema.safeParse(row);
      if (parsed.success) return [parsed.data];
      this.unreadable += 1;
      return [];
    });
  }
}

function modificationOf({
  location,
  description,
  source_endpoint: endpoint,
}: z.infer<typeof modificationRow>) {
  return { location, description, endpoint };
}

function faceOf(row: z.infer<typeof faceRow>): ReleaseFace {
  return {
    label: row.label,
    imageUrl: row.image_url,
    imageSha256: row.image_sha256,
    source: row.source_endpoint,
    quality: row.quality_score,
    yaw: row.yaw,
  };
}
