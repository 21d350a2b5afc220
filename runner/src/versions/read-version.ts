import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { Domains, nameUniversalIds } from '../identity/universal-id.ts';
import { findNearest, readVector } from './find-nearest.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { unpackVersion } from './unpack-version.ts';
import { type VersionProblem, verifyVersion } from './verify-version.ts';
import { MANIFEST, VersionError } from './version-files.ts';

const performerRow = z.object({
  id: z.int(),
  universal_id: z.string().nullable(),
  canonical_name: z.string(),
  disambiguation: z.string().nullable(),
  gender: z.string().nullable(),
  country: z.string().nullable(),
  birth_date: z.string().nullable(),
  image_url: z.string().nullable(),
  face_count: z.int(),
});
export type VersionPerformer = z.infer<typeof performerRow>;

const faceRow = z.object({
  label: z.int(),
  image_url: z.string().nullable(),
  source_endpoint: z.string(),
  quality_score: z.number().nullable(),
});
export type VersionFace = z.infer<typeof faceRow>;

const idRow = z.object({ performer_id: z.int(), endpoint: z.string(), stashbox_performer_id: z.string() });
export type VersionStashBoxId = z.infer<typeof idRow>;

export interface VersionStats {
  performers: number;
  performers_with_faces: number;
  faces: number;
  aliases: number;
  stashbox_ids: Record<string, number>;
}

export interface VersionNeighbour {
  label: number;
  distance: number;
  performer: VersionPerformer;
}

export type VersionIndex = 'facenet' | 'arcface';

/** A version, opened for reading. It looks at the files as a sidecar does, and at nothing else. */
export interface VersionReader {
  /** Where the files lie; a temporary folder when the version came as a zip. */
  readonly dir: string;
  readonly manifest: Record<string, unknown>;
  performer(id: number): VersionPerformer | null;
  performerByStashBoxId(endpoint: string, id: string): VersionPerformer | null;
  performerByUniversalId(universalId: string): VersionPerformer | null;
  performerWithFaces(
    id: number,
  ): { performer: VersionPerformer; aliases: string[]; faces: VersionFace[] } | null;
  /** Performers whose name or alias contains the text, exact names first. */
  search(text: string, limit?: number): VersionPerformer[];
  faceLabels(performerId: number): number[];
  /** One by one, as there may be very many. */
  stashBoxIds(): Iterable<VersionStashBoxId>;
  stats(): VersionStats;
  /** The faces nearest to a label's vector (itself left out) or to a vector `[512]`. Gaps are left out. */
  nearest(index: VersionIndex, query: number | Float32Array, k: number): Promise<VersionNeighbour[]>;
  verify(publicKeyPem?: string): Promise<VersionProblem[]>;
  close(): Promise<void>;
}

/**
 * Opens a version: its zip, a folder with the zip in it, or a folder with its files.
 * @throws VersionError `not_readable` when it is none of these.
 */
export async function openVersion(path: string): Promise<VersionReader> {
  const zip = await zipOf(path);
  const { dir, remove } = zip ? await temporaryFolder('version-') : { dir: path, remove: () => {} };
  const forget = async () => remove();
  try {
    if (zip) await unpackVersion(zip, dir);
    return createReader(dir, await readManifest(dir), forget);
  } catch (error) {
    await forget();
    throw error;
  }
}

async function zipOf(path: string): Promise<string | null> {
  const found = await stat(path).catch((cause) => {
    throw new VersionError('not_readable', `There is no version at ${path}`, { cause });
  });
  if (found.isFile()) return path;
  if (existsSync(join(path, 'performers.db'))) return null;
  const zips = (await readdir(path)).filter((name) => name.endsWith('.zip'));
  if (zips.length === 1 && zips[0]) return join(path, zips[0]);
  throw new VersionError(
    'not_readable',
    `${path} holds neither performers.db nor exactly one .zip: name the version's zip file or its folder`,
  );
}

async function readManifest(dir: string): Promise<Record<string, unknown>> {
  try {
    return z.looseObject({}).parse(JSON.parse(await readFile(join(dir, MANIFEST), 'utf8')));
  } catch (cause) {
    throw new VersionError('not_readable', `${MANIFEST} of the version in ${dir} is missing or not JSON`, {
      cause,
    });
  }
}

const PERFORMER = `SELECT id, universal_id, canonical_name, disambiguation, gender, country, birth_date, image_url,
  face_count FROM performers LEFT JOIN temp.universal_ids ON performer_id = id`;

function createReader(
  dir: string,
  manifest: Record<string, unknown>,
  forget: () => Promise<void>,
): VersionReader {
  const db = new DatabaseSync(join(dir, 'performers.db'), { readOnly: true });
  const domains = Domains.ofManifest(manifest);
  nameUniversalIds(db, domains);
  const one = (sql: string, ...args: (string | number)[]) => {
    const row = db.prepare(sql).get(...args);
    return row ? performerRow.parse(row) : null;
  };
  const performer = (id: number) => one(`${PERFORMER} WHERE id = ?`, id);
  const performerByStashBoxId = (endpoint: string, id: string) =>
    one(
      `${PERFORMER} WHERE id = (SELECT performer_id FROM stashbox_ids WHERE endpoint = ? AND stashbox_performer_id = ?)`,
      endpoint,
      id,
    );
  const byLabel = (label: number) =>
    one(`${PERFORMER} WHERE id = (SELECT performer_id FROM faces WHERE facenet_index = ?)`, label);
  return {
    dir,
    manifest,
    performer,
    performerByStashBoxId,
    performerByUniversalId: (universalId) => {
      const { endpoint, id } = domains.parse(universalId);
      return performerByStashBoxId(endpoint, id);
    },
    performerWithFaces: (id) => {
      const found = performer(id);
      return found && { performer: found, aliases: aliasesOf(db, id), faces: facesOf(db, id) };
    },
    search: (text, limit = 20) => search(db, text, limit),
    faceLabels: (id) => facesOf(db, id).map((face) => face.label),
    stashBoxIds: () => stashBoxIds(db),
    stats: () => statsOf(db),
    nearest: async (index, query, k) => {
      const path = join(dir, `face_${index}.voy`);
      const vector = typeof query === 'number' ? await vectorOf(path, query) : query;
      const found = await findNearest(path, vector, k, (label) => label !== query && byLabel(label) !== null);
      return found.flatMap((each) => {
        const owner = byLabel(each.label);
        return owner ? [{ ...each, performer: owner }] : [];
      });
    },
    verify: (publicKeyPem) => verifyVersion(dir, publicKeyPem),
    close: async () => {
      db.close();
      await forget();
    },
  };
}

async function vectorOf(path: string, label: number): Promise<Float32Array> {
  const vector = await readVector(path, label);
  if (vector) return vector;
  throw new VersionError('not_readable', `The version has no face with label ${label}`);
}

function aliasesOf(db: DatabaseSync, id: number): string[] {
  const rows = db.prepare('SELECT alias FROM aliases WHERE performer_id = ? ORDER BY id').all(id);
  return rows.map((row) => String(row.alias));
}

function facesOf(db: DatabaseSync, id: number): VersionFace[] {
  const rows = db
    .prepare(
      `SELECT facenet_index AS label, image_url, source_endpoint, quality_score FROM faces
       WHERE performer_id = ? ORDER BY facenet_index`,
    )
    .all(id);
  return z.array(faceRow).parse(rows);
}

function search(db: DatabaseSync, text: string, limit: number): VersionPerformer[] {
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows = db
    .prepare(
      `${PERFORMER} WHERE canonical_name LIKE :pattern ESCAPE '\\'
         OR id IN (SELECT performer_id FROM aliases WHERE alias LIKE :pattern ESCAPE '\\')
       ORDER BY canonical_name <> :text COLLATE NOCASE, face_count DESC, canonical_name LIMIT :limit`,
    )
    .all({ pattern, text, limit });
  return z.array(performerRow).parse(rows);
}

function* stashBoxIds(db: DatabaseSync): Generator<VersionStashBoxId> {
  const statement = db.prepare(
    'SELECT performer_id, endpoint, stashbox_performer_id FROM stashbox_ids ORDER BY performer_id, endpoint',
  );
  for (const row of statement.iterate()) yield idRow.parse(row);
}

function statsOf(db: DatabaseSync): VersionStats {
  const count = (sql: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.n);
  const ids = db.prepare('SELECT endpoint, count(*) AS n FROM stashbox_ids GROUP BY 1 ORDER BY 1').all();
  return {
    performers: count('performers'),
    performers_with_faces: count('performers WHERE face_count > 0'),
    faces: count('faces'),
    aliases: count('aliases'),
    stashbox_ids: Object.fromEntries(ids.map((row) => [String(row.endpoint), Number(row.n)])),
  };
}
