import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';

/**
 * Releases as their formats describe them, written without this program's own writers: an error that reader and writer share would
 * not show otherwise.
 */
export interface GeneratedRelease {
  format: 'stash-sense' | 'stash-sense2';
  version: string;
  createdAt?: string;
  performers: GeneratedPerformer[];
  /** Fields that replace or add to those of the manifest. */
  manifest?: Record<string, unknown>;
  /** Of the vectors of a `stash-sense2` release. */
  scalar?: 'f32' | 'f16';
}

export interface GeneratedPerformer {
  id: number;
  name: string;
  ids: [endpoint: string, id: string][];
  aliases?: [alias: string, endpoint: string][];
  urls?: [site: string, id: string, url: string][];
  birthDate?: string;
  careerStart?: number;
  faces: GeneratedFace[];
}

export interface GeneratedFace {
  label: number;
  imageUrl: string | null;
  source: string;
  /** `[512]`; that of the label where it is left out. */
  vector?: Float32Array;
}

const DIMENSIONS = 512;

/** A unit vector `[512]` that is the label's own, and differs between the two indexes of a release. */
export function labelVector(label: number, index = 0): Float32Array {
  let state = (label * 2_654_435_761 + index * 40_503 + 1) >>> 0 || 1;
  const vector = new Float32Array(DIMENSIONS);
  let squares = 0;
  for (let at = 0; at < DIMENSIONS; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = (state >>> 0) / 4_294_967_296 - 0.5;
    vector[at] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  for (let at = 0; at < DIMENSIONS; at++) vector[at] = (vector[at] ?? 0) / length;
  return vector;
}

/** Writes the files of a release into a folder. */
export async function generateRelease(dir: string, release: GeneratedRelease): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const faces = release.performers
    .flatMap(({ faces }) => faces)
    .toSorted((one, other) => one.label - other.label);
  writeDatabase(join(dir, 'performers.db'), release);
  const names = ['performers.db', 'faces.json', 'performers.json'];
  if (release.format === 'stash-sense') {
    for (const [index, name] of ['face_facenet.voy', 'face_arcface.voy'].entries()) {
      writeVoyager(join(dir, name), faces, index);
      names.push(name);
    }
  } else {
    writeUsearch(join(dir, 'face_embeddings.usearch'), faces, release.scalar ?? 'f16');
    names.push('face_embeddings.usearch');
  }
  writeJson(dir, release, (faces.at(-1)?.label ?? -1) + 1);
  const checksums = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, `sha256:${await hashOf(join(dir, name))}`])),
  );
  const manifest = {
    version: release.version,
    created_at: release.createdAt ?? '2026-02-18T03:00:00Z',
    performer_count: release.performers.length,
    face_count: faces.length,
    sources: ['stashdb'],
    checksums,
    ...release.manifest,
  };
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest));
}

const DOMAINS: Record<string, string> = {
  stashdb: 'stashdb.org',
  fansdb: 'fansdb.cc',
  theporndb: 'theporndb.net',
};

function writeJson(dir: string, { performers }: GeneratedRelease, labels: number): void {
  const owners: (string | null)[] = new Array(labels).fill(null);
  const shown: Record<string, unknown> = {};
  for (const { ids, faces, name } of performers) {
    const [first] = ids;
    if (!first) continue;
    const id = `${DOMAINS[first[0]] ?? `${first[0]}.org`}:${first[1]}`;
    for (const { label } of faces) owners[label] = id;
    shown[id] = { name, country: null, image_url: null, face_count: faces.length };
  }
  writeFileSync(join(dir, 'faces.json'), JSON.stringify(owners));
  writeFileSync(join(dir, 'performers.json'), JSON.stringify(shown));
}

const SCHEMA = `
  CREATE TABLE schema_version (version INTEGER PRIMARY KEY);
  INSERT INTO schema_version VALUES (5);
  CREATE TABLE performers (id INTEGER PRIMARY KEY AUTOINCREMENT, canonical_name TEXT NOT NULL, disambiguation TEXT, gender TEXT,
    country TEXT, ethnicity TEXT, birth_date TEXT, death_date TEXT, height_cm INTEGER, eye_color TEXT, hair_color TEXT,
    career_start_year INTEGER, career_end_year INTEGER, scene_count INTEGER, stashdb_updated_at TEXT,
    face_count INTEGER DEFAULT 0, image_url TEXT, created_at TEXT DEFAULT (datetime('now')),
    updated_at TEXT DEFAULT (datetime('now')));
  CREATE TABLE stashbox_ids (performer_id INTEGER NOT NULL REFERENCES performers(id) ON DELETE CASCADE, endpoint TEXT NOT NULL,
    stashbox_performer_id TEXT NOT NULL, created_at TEXT, PRIMARY KEY (endpoint, stashbox_performer_id));
  CREATE TABLE external_urls (id INTEGER PRIMARY KEY AUTOINCREMENT, performer_id INTEGER NOT NULL, site TEXT NOT NULL,
    url TEXT NOT NULL, normalized_id TEXT NOT NULL, source_endpoint TEXT NOT NULL, confidence REAL DEFAULT 1.0,
    created_at TEXT, UNIQUE (site, normalized_id));
  CREATE TABLE aliases (id INTEGER PRIMARY KEY AUTOINCREMENT, performer_id INTEGER NOT NULL, alias TEXT NOT NULL,
    source_endpoint TEXT, created_at TEXT, UNIQUE (performer_id, alias));
  CREATE TABLE merged_ids (performer_id INTEGER NOT NULL, merged_stashbox_id TEXT NOT NULL, endpoint TEXT NOT NULL,
    merged_at TEXT, PRIMARY KEY (endpoint, merged_stashbox_id));
  CREATE TABLE tattoos (id INTEGER PRIMARY KEY AUTOINCREMENT, performer_id INTEGER NOT NULL, location TEXT, description TEXT,
    source_endpoint TEXT, created_at TEXT, UNIQUE (performer_id, location, description));
  CREATE TABLE piercings (id INTEGER PRIMARY KEY AUTOINCREMENT, performer_id INTEGER NOT NULL, location TEXT, description TEXT,
    source_endpoint TEXT, created_at TEXT, UNIQUE (performer_id, location, description));
  CREATE INDEX idx_stashbox_performer ON stashbox_ids (performer_id);
  CREATE INDEX idx_urls_performer ON external_urls (performer_id);
  CREATE INDEX idx_aliases_performer ON aliases (performer_id);
  CREATE INDEX idx_merged_performer ON merged_ids (performer_id);
  CREATE INDEX idx_tattoos_performer ON tattoos (performer_id);
  CREATE INDEX idx_piercings_performer ON piercings (performer_id);`;
const FACES_V1 = `CREATE TABLE faces (id INTEGER PRIMARY KEY AUTOINCREMENT, performer_id INTEGER NOT NULL,
  facenet_index INTEGER NOT NULL UNIQUE, arcface_index INTEGER NOT NULL UNIQUE, image_url TEXT, source_endpoint TEXT NOT NULL,
  quality_score REAL, created_at TEXT); CREATE INDEX idx_faces_performer ON faces (performer_id);`;
const FACES_V2 = `CREATE TABLE faces (id INTEGER PRIMARY KEY AUTOINCREMENT, performer_id INTEGER NOT NULL,
  embedding_index INTEGER NOT NULL UNIQUE, image_url TEXT, source_endpoint TEXT NOT NULL, quality_score REAL, created_at TEXT,
  yaw REAL, gender TEXT, gender_confidence REAL, estimated_age INTEGER, image_sha256 TEXT);
  CREATE INDEX idx_faces_performer ON faces (performer_id);`;

function writeDatabase(path: string, { format, performers }: GeneratedRelease): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  db.exec(SCHEMA + (format === 'stash-sense' ? FACES_V1 : FACES_V2));
  const performer =
    db.prepare(`INSERT INTO performers (id, canonical_name, birth_date, career_start_year, face_count, image_url)
    VALUES (?, ?, ?, ?, ?, ?)`);
  const id = db.prepare(
    'INSERT INTO stashbox_ids (performer_id, endpoint, stashbox_performer_id) VALUES (?, ?, ?)',
  );
  const alias = db.prepare('INSERT INTO aliases (performer_id, alias, source_endpoint) VALUES (?, ?, ?)');
  const url = db.prepare(`INSERT INTO external_urls (performer_id, site, normalized_id, url, source_endpoint)
    VALUES (?, ?, ?, ?, 'stashdb')`);
  const face =
    format === 'stash-sense'
      ? db.prepare(`INSERT INTO faces (performer_id, facenet_index, arcface_index, image_url, source_endpoint, quality_score)
          VALUES (?1, ?2, ?2, ?3, ?4, 0.8)`)
      : db.prepare(`INSERT INTO faces (performer_id, embedding_index, image_url, source_endpoint, quality_score, yaw)
          VALUES (?1, ?2, ?3, ?4, 0.8, 12.5)`);
  for (const each of performers) {
    const portrait = each.faces[0]?.imageUrl ?? null;
    performer.run(
      each.id,
      each.name,
      each.birthDate ?? null,
      each.careerStart ?? null,
      each.faces.length,
      portrait,
    );
    for (const [endpoint, remoteId] of each.ids) id.run(each.id, endpoint, remoteId);
    for (const [text, endpoint] of each.aliases ?? []) alias.run(each.id, text, endpoint);
    for (const [site, siteId, address] of each.urls ?? []) url.run(each.id, site, siteId, address);
    for (const { label, imageUrl, source } of each.faces) face.run(each.id, label, imageUrl, source);
  }
  db.exec('COMMIT; PRAGMA journal_mode = DELETE');
  db.close();
}

const M = 12;

/** A Voyager 2 file with all elements on the lowest level and without links. */
function writeVoyager(path: string, faces: readonly GeneratedFace[], index: number): void {
  const vectorAt = 4 + 8 * M;
  const labelAt = vectorAt + 4 * DIMENSIONS;
  const elementBytes = labelAt + 8;
  const count = (faces.at(-1)?.label ?? -1) + 1;
  const head = Buffer.alloc(19 + 96);
  head.write('VOYA', 0, 'latin1');
  head.writeInt32LE(1, 4);
  head.writeInt32LE(DIMENSIONS, 8);
  head.writeUInt8(2, 12);
  head.writeUInt8(0x20, 13);
  const sizes = [0, count, count, elementBytes, labelAt, vectorAt];
  for (const [at, size] of sizes.entries()) head.writeBigUInt64LE(BigInt(size), 19 + 8 * at);
  for (const [at, size] of [M, 2 * M, M].entries()) head.writeBigUInt64LE(BigInt(size), 19 + 56 + 8 * at);
  head.writeDoubleLE(1 / Math.log(M), 19 + 80);
  head.writeBigUInt64LE(200n, 19 + 88);
  const byLabel = new Map(faces.map((face) => [face.label, face]));
  inBlocks(
    path,
    head,
    count,
    elementBytes,
    (element, label) => {
      // A label without a face has a vector too: Voyager's labels are 0..n-1.
      const vector = (index === 0 ? byLabel.get(label)?.vector : undefined) ?? labelVector(label, index);
      for (const [at, value] of vector.entries()) element.writeFloatLE(value, vectorAt + 4 * at);
      element.writeBigUInt64LE(BigInt(label), labelAt);
    },
    Buffer.alloc(4 * count),
  );
}

const CONNECTIVITY = 16;

/** A USearch 2 file with all nodes on the lowest level but the first, which is on the one above, and without links. */
function writeUsearch(path: string, faces: readonly GeneratedFace[], scalar: 'f32' | 'f16'): void {
  const bytes = DIMENSIONS * (scalar === 'f32' ? 4 : 2);
  const matrix = Buffer.alloc(8);
  matrix.writeUInt32LE(faces.length, 0);
  matrix.writeUInt32LE(bytes, 4);
  const head = Buffer.alloc(64);
  head.write('usearch', 0, 'latin1');
  head.writeUInt16LE(2, 7);
  head.writeUInt8(99, 13);
  head.writeUInt8(scalar === 'f32' ? 11 : 12, 14);
  head.writeUInt8(14, 15);
  head.writeUInt8(15, 16);
  head.writeBigUInt64LE(BigInt(faces.length), 17);
  head.writeBigUInt64LE(BigInt(DIMENSIONS), 33);
  const graph = Buffer.alloc(40 + 2 * faces.length);
  for (const [at, value] of [faces.length, CONNECTIVITY, 2 * CONNECTIVITY, 1, 0].entries()) {
    graph.writeBigUInt64LE(BigInt(value), 8 * at);
  }
  if (faces.length > 0) graph.writeInt16LE(1, 40);
  const nodeBytes = 10 + 4 + 8 * CONNECTIVITY;
  const upperBytes = 4 + 4 * CONNECTIVITY;
  const nodes = Buffer.alloc(faces.length * nodeBytes + upperBytes);
  for (const [slot, { label }] of faces.entries()) {
    const at = slot * nodeBytes + (slot > 0 ? upperBytes : 0);
    nodes.writeBigUInt64LE(BigInt(label), at);
    nodes.writeInt16LE(slot === 0 ? 1 : 0, at + 8);
  }
  inBlocks(
    path,
    matrix,
    faces.length,
    bytes,
    (row, slot) => {
      const face = faces[slot];
      const vector = face?.vector ?? labelVector(face?.label ?? 0);
      if (scalar === 'f32') for (const [at, value] of vector.entries()) row.writeFloatLE(value, 4 * at);
      else new Float16Array(row.buffer, row.byteOffset, DIMENSIONS).set(vector);
    },
    Buffer.concat([head, graph, nodes]),
  );
}

const ROWS_PER_BLOCK = 1_000;

function inBlocks(
  path: string,
  head: Buffer,
  rows: number,
  rowBytes: number,
  fill: (row: Buffer, number: number) => void,
  tail: Buffer,
): void {
  const file = openSync(path, 'w');
  writeSync(file, head);
  for (let from = 0; from < rows; from += ROWS_PER_BLOCK) {
    const count = Math.min(ROWS_PER_BLOCK, rows - from);
    const block = Buffer.alloc(count * rowBytes);
    for (let row = 0; row < count; row++)
      fill(block.subarray(row * rowBytes, (row + 1) * rowBytes), from + row);
    writeSync(file, block);
  }
  writeSync(file, tail);
  closeSync(file);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What a delta of `stash-sense2` says; fields that it leaves out are null. */
export interface GeneratedDelta {
  from: string;
  to: string;
  performers: ({ id?: number; endpoint: string; stashbox_id: string; action: 'upsert' | 'removed' } & {
    name?: string;
    aliases_json?: string;
    images_json?: string;
  })[];
  faces: { label: number; endpoint: string; stashbox_id: string; image_url: string; vector?: Float32Array }[];
  removedFaces: number[];
}

/** Writes the two files of a delta into a folder. */
export async function generateDelta(dir: string, delta: GeneratedDelta): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'delta.db');
  const db = new DatabaseSync(path);
  db.exec(`CREATE TABLE performers (id INTEGER, endpoint TEXT, stashbox_id TEXT, action TEXT, name TEXT, disambiguation TEXT,
      gender TEXT, birth_date TEXT, death_date TEXT, ethnicity TEXT, country TEXT, eye_color TEXT, hair_color TEXT,
      height INTEGER, career_start_year INTEGER, career_end_year INTEGER, aliases_json TEXT, images_json TEXT, updated TEXT,
      merged_into_id TEXT);
    CREATE TABLE faces (embedding_index INTEGER PRIMARY KEY, endpoint TEXT, stashbox_id TEXT, image_url TEXT, quality_score REAL,
      yaw REAL, embedding BLOB);
    CREATE TABLE removed_faces (embedding_index INTEGER PRIMARY KEY, reason TEXT);`);
  const performer =
    db.prepare(`INSERT INTO performers (id, endpoint, stashbox_id, action, name, aliases_json, images_json)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  for (const each of delta.performers) {
    const {
      id = null,
      endpoint,
      stashbox_id,
      action,
      name = null,
      aliases_json = null,
      images_json = null,
    } = each;
    performer.run(id, endpoint, stashbox_id, action, name, aliases_json, images_json);
  }
  const face = db.prepare(`INSERT INTO faces VALUES (?, ?, ?, ?, 0.8, 12.5, ?)`);
  for (const { label, endpoint, stashbox_id, image_url, vector = labelVector(label) } of delta.faces) {
    const embedding = Buffer.alloc(4 * DIMENSIONS);
    for (const [at, value] of vector.entries()) embedding.writeFloatLE(value, 4 * at);
    face.run(label, endpoint, stashbox_id, image_url, embedding);
  }
  const removed = db.prepare('INSERT INTO removed_faces VALUES (?, NULL)');
  for (const label of delta.removedFaces) removed.run(label);
  db.close();
  const checksums = { 'delta.db': `sha256:${await hashOf(path)}` };
  const manifest = { from_version: delta.from, to_version: delta.to, checksums };
  writeFileSync(join(dir, 'delta_manifest.json'), JSON.stringify(manifest));
}
