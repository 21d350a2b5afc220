import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { unpackVersion } from '../versions/unpack-version.ts';
import { hashFile } from '../versions/version-files.ts';
import { ImportError } from './import-error.ts';

/** A delta of `stash-sense2`, unpacked and checked. */
export interface Delta {
  from: string;
  to: string;
  /** sha256 of `delta.db`, 64 hex digits. */
  digest: string;
  path: string;
}

const manifestSchema = z.looseObject({
  from_version: z.string().optional(),
  to_version: z.string().optional(),
  checksums: z.record(z.string(), z.string()),
});

/**
 * Unpacks delta zips into folders below `dir`, in the order in which they lead on from `version`.
 *
 * @throws ImportError `not_a_release` for a zip that is no delta, or a chain with a gap; `damaged` for a wrong hash
 */
export async function openDeltas(zips: readonly string[], version: string, dir: string): Promise<Delta[]> {
  const found: Delta[] = [];
  for (const [number, zip] of zips.entries()) found.push(await openDelta(zip, join(dir, `delta-${number}`)));
  const chain: Delta[] = [];
  for (let at = version; chain.length < found.length; ) {
    const next = found.find(({ from }) => from === at);
    if (!next || chain.includes(next)) {
      const given = found.map(({ from, to }) => `${from} to ${to}`).join(', ');
      throw new ImportError(
        'not_a_release',
        `No delta leads on from version ${at}: given were ${given}. Name every delta between the full release and the newest one`,
      );
    }
    chain.push(next);
    at = next.to;
  }
  return chain;
}

async function openDelta(zip: string, dir: string): Promise<Delta> {
  await mkdir(dir);
  await unpackVersion(zip, dir, ['delta.db', 'delta_manifest.json']);
  const path = join(dir, 'delta.db');
  let manifest: z.infer<typeof manifestSchema>;
  try {
    manifest = manifestSchema.parse(JSON.parse(await readFile(join(dir, 'delta_manifest.json'), 'utf8')));
  } catch (cause) {
    const message = `${basename(zip)} is no delta of stash-sense2: its delta_manifest.json is missing, or is no manifest`;
    throw new ImportError('not_a_release', message, { cause });
  }
  // Releases name both versions in the file's name, and not always in the manifest.
  const named = /delta-([\w.]+)-to-([\w.]+)\.zip$/.exec(basename(zip));
  const [from, to] = [manifest.from_version ?? named?.[1], manifest.to_version ?? named?.[2]];
  if (!from || !to) {
    throw new ImportError(
      'not_a_release',
      `Neither the name nor the manifest of ${basename(zip)} says which versions it leads from and to`,
    );
  }
  const digest = await hashFile(path);
  if (manifest.checksums['delta.db'] !== `sha256:${digest}`) {
    throw new ImportError(
      'damaged',
      `delta.db of ${basename(zip)} has the sha256 ${digest}, which is not the one in its manifest: fetch it again`,
    );
  }
  return { from, to, digest, path };
}

/** Names a release with its deltas, 64 hex digits. */
export function digestWith(digest: string, deltas: readonly Delta[]): string {
  if (deltas.length === 0) return digest;
  return createHash('sha256')
    .update([digest, ...deltas.map((each) => each.digest)].join(' '))
    .digest('hex');
}

/**
 * Applies deltas to a copy of `performers.db`, in the order and with the meaning that the sidecar gives them
 * (`stash-sense2`, `delta_applier`). Vectors stay in the deltas: see `openDeltaVectors`. Performers without a stash-box id are not
 * imported, so the tables about them are skipped.
 */
export function applyDeltas(performersDb: string, deltas: readonly Delta[]): void {
  const db = new DatabaseSync(performersDb);
  try {
    // The sidecar relies on these cascades, and so do its releases.
    db.exec('PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF');
    for (const { path } of deltas) {
      db.prepare('ATTACH ? AS delta').run(path);
      db.exec('BEGIN');
      applyPerformers(db);
      applyFaces(db);
      applyRepairs(db);
      db.exec('COMMIT');
      db.exec('DETACH delta');
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ImportError('not_a_release', `A delta cannot be applied to the release: ${why}`, { cause });
  } finally {
    db.close();
  }
}

const text = z.string().nullable().catch(null);
const whole = z.int().nullable().catch(null);
const deltaPerformer = z.object({
  id: whole.default(null),
  endpoint: z.string(),
  stashbox_id: z.string(),
  action: z.enum(['upsert', 'removed']),
  name: text,
  disambiguation: text,
  gender: text,
  birth_date: text,
  death_date: text,
  ethnicity: text,
  country: text,
  eye_color: text,
  hair_color: text,
  height: whole,
  career_start_year: whole,
  career_end_year: whole,
  aliases_json: text,
  images_json: text,
  updated: text,
});
type DeltaPerformer = z.infer<typeof deltaPerformer>;

const CHILDREN = ['stashbox_ids', 'aliases', 'external_urls', 'merged_ids', 'tattoos', 'piercings', 'faces'];

function applyPerformers(db: DatabaseSync): void {
  for (const row of db.prepare('SELECT * FROM delta.performers ORDER BY rowid').all()) {
    const performer = deltaPerformer.parse(row);
    if (performer.action === 'removed') removeLink(db, performer);
    else upsertPerformer(db, performer);
  }
}

function ownerOf(
  db: DatabaseSync,
  { endpoint, stashbox_id }: Pick<DeltaPerformer, 'endpoint' | 'stashbox_id'>,
): number | null {
  const row = db
    .prepare('SELECT performer_id AS id FROM stashbox_ids WHERE endpoint = ? AND stashbox_performer_id = ?')
    .get(endpoint, stashbox_id);
  return row ? Number(row.id) : null;
}

function removeLink(db: DatabaseSync, performer: DeltaPerformer): void {
  const owner = ownerOf(db, performer);
  if (owner === null) return;
  db.prepare('DELETE FROM stashbox_ids WHERE endpoint = ? AND stashbox_performer_id = ?').run(
    performer.endpoint,
    performer.stashbox_id,
  );
  if (db.prepare('SELECT 1 FROM stashbox_ids WHERE performer_id = ?').get(owner)) return;
  removePerformer(db, owner);
}

function removePerformer(db: DatabaseSync, id: number): void {
  for (const table of CHILDREN) db.prepare(`DELETE FROM ${table} WHERE performer_id = ?`).run(id);
  db.prepare('DELETE FROM performers WHERE id = ?').run(id);
}

function upsertPerformer(db: DatabaseSync, performer: DeltaPerformer): void {
  const id = placeOf(db, performer);
  db.prepare(
    `UPDATE performers SET canonical_name = coalesce(?, canonical_name), disambiguation = ?, gender = ?, birth_date = ?,
      death_date = ?, ethnicity = ?, country = ?, eye_color = ?, hair_color = ?, height_cm = ?, career_start_year = ?,
      career_end_year = ?, image_url = ?, stashdb_updated_at = CASE WHEN ? = 'stashdb' THEN ? ELSE stashdb_updated_at END
     WHERE id = ?`,
  ).run(
    performer.name,
    performer.disambiguation,
    performer.gender,
    performer.birth_date,
    performer.death_date,
    performer.ethnicity,
    performer.country,
    performer.eye_color,
    performer.hair_color,
    performer.height,
    performer.career_start_year,
    performer.career_end_year,
    firstImage(performer.images_json),
    performer.endpoint,
    performer.updated,
    id,
  );
  db.prepare('DELETE FROM aliases WHERE performer_id = ? AND source_endpoint = ?').run(
    id,
    performer.endpoint,
  );
  const alias = db.prepare(
    'INSERT OR IGNORE INTO aliases (performer_id, alias, source_endpoint) VALUES (?, ?, ?)',
  );
  for (const each of readList(performer.aliases_json, z.string())) alias.run(id, each, performer.endpoint);
}

/** The row of a performer, made when it is new. A row moves to the id that the delta names, and another one makes room for it. */
function placeOf(db: DatabaseSync, performer: DeltaPerformer): number {
  const owner = ownerOf(db, performer);
  const wanted = performer.id;
  if (owner !== null) {
    if (wanted === null || wanted === owner) return owner;
    vacate(db, wanted);
    moveTo(db, owner, wanted);
    return wanted;
  }
  if (wanted !== null) vacate(db, wanted);
  const made = db
    .prepare('INSERT INTO performers (id, canonical_name) VALUES (?, ?)')
    .run(wanted, performer.name ?? performer.stashbox_id);
  const id = Number(made.lastInsertRowid);
  db.prepare('INSERT INTO stashbox_ids (performer_id, endpoint, stashbox_performer_id) VALUES (?, ?, ?)').run(
    id,
    performer.endpoint,
    performer.stashbox_id,
  );
  return id;
}

function vacate(db: DatabaseSync, id: number): void {
  if (!db.prepare('SELECT 1 FROM performers WHERE id = ?').get(id)) return;
  const { next } = z
    .object({ next: z.int() })
    .parse(db.prepare('SELECT max(id) + 1 AS next FROM performers').get());
  moveTo(db, id, next);
}

function moveTo(db: DatabaseSync, from: number, to: number): void {
  db.prepare('UPDATE performers SET id = ? WHERE id = ?').run(to, from);
  for (const table of CHILDREN)
    db.prepare(`UPDATE ${table} SET performer_id = ? WHERE performer_id = ?`).run(to, from);
}

/** A face whose owner is unknown is skipped, as the sidecar does it. */
function applyFaces(db: DatabaseSync): void {
  db.exec(`INSERT INTO faces (performer_id, embedding_index, image_url, source_endpoint, quality_score, yaw)
    SELECT performer_id, embedding_index, image_url, changed.endpoint, quality_score, yaw FROM delta.faces AS changed
    JOIN stashbox_ids ON stashbox_ids.endpoint = changed.endpoint AND stashbox_performer_id = stashbox_id WHERE true
    ON CONFLICT (embedding_index) DO UPDATE SET performer_id = excluded.performer_id, image_url = excluded.image_url,
      source_endpoint = excluded.source_endpoint, quality_score = excluded.quality_score, yaw = excluded.yaw`);
  db.exec('DELETE FROM faces WHERE embedding_index IN (SELECT embedding_index FROM delta.removed_faces)');
}

function applyRepairs(db: DatabaseSync): void {
  const has = db.prepare(`SELECT 1 FROM delta.sqlite_master WHERE name = 'face_owner_repair'`).get();
  if (!has) return;
  db.exec(`UPDATE faces SET performer_id = repair.performer_id FROM delta.face_owner_repair AS repair
    WHERE faces.embedding_index = repair.embedding_index
      AND EXISTS (SELECT 1 FROM performers WHERE id = repair.performer_id)`);
}

function firstImage(json: string | null): string | null {
  return readList(json, z.looseObject({ url: z.string() }))[0]?.url ?? null;
}

function readList<T>(json: string | null, schema: z.ZodType<T>): T[] {
  try {
    const list: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(list) ? list.flatMap((each) => schema.safeParse(each).data ?? []) : [];
  } catch {
    return [];
  }
}
