import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { withCleanUp } from '@trainer/async/with-clean-up';
import type { CatalogDatabase } from '../catalog/database.ts';
import { priorityOf } from '../catalog/source-definitions.ts';
import { PERFORMERS_INDEXES, PERFORMERS_SCHEMA } from './performers-schema.ts';
import {
  type ContentFilter,
  type SelectedFace,
  type SelectedPerformer,
  type SelectedRecord,
  selectFaces,
  selectPerformers,
} from './select-content.ts';

export interface DatabaseContent {
  database: CatalogDatabase;
  /** The catalog's name of the model pack. */
  pack: string;
  models: string[];
  filter: ContentFilter;
  /** Called after each page; throw from it to stop. */
  onRows: (performers: number, faces: number) => void;
}

/** Writes a v1 `performers.db`: one file in journal mode DELETE, the same bytes for the same content. */
export async function writeDatabase(path: string, content: DatabaseContent): Promise<void> {
  const db = new DatabaseSync(path);
  const write = async () => {
    // Nobody reads the file before it is complete, so nothing needs to be undone or survive a crash.
    db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
    db.exec(PERFORMERS_SCHEMA);
    await fill(db, content);
    db.exec(PERFORMERS_INDEXES);
    db.exec('COMMIT; PRAGMA journal_mode = DELETE');
  };
  await withCleanUp(write, () => db.close());
}

async function fill(
  db: DatabaseSync,
  { database, pack, models, filter, onRows }: DatabaseContent,
): Promise<void> {
  let [performers, faces] = [0, 0];
  const writePerformer = performerWriter(db, database);
  for await (const page of selectPerformers(database, filter)) {
    for (const performer of page) writePerformer(performer);
    performers += page.length;
    onRows(performers, faces);
    await letOthersRun();
  }
  const writeFace = faceWriter(db);
  for await (const page of selectFaces(database, pack, models, filter)) {
    for (const face of page) faces += writeFace(face);
    onRows(performers, faces);
    await letOthersRun();
  }
  db.exec(`UPDATE performers SET face_count = held FROM
    (SELECT performer_id, count(*) AS held FROM faces GROUP BY performer_id) WHERE performer_id = id`);
}

/** Both databases answer at once, so without this the loop would serve nobody else until the last page. */
const letOthersRun = () => setImmediate();

type Insert = (values: Record<string, SQLInputValue>) => number;

/** Inserts a row by column names; 0 when a unique key or a missing performer keeps it out. */
function inserter(db: DatabaseSync, table: string, columns: string): Insert {
  const names = columns.split(' ');
  const values = names.map((name) => `:${name}`).join(', ');
  const statement = db.prepare(`INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${values})`);
  return (row) => Number(statement.run(row).changes);
}

function performerWriter(
  db: DatabaseSync,
  database: Pick<CatalogDatabase, 'sources'>,
): (performer: SelectedPerformer) => void {
  const insert = {
    performer: inserter(
      db,
      'performers',
      'id canonical_name disambiguation gender country ethnicity birth_date death_date height_cm eye_color hair_color ' +
        'career_start_year career_end_year scene_count stashdb_updated_at image_url created_at updated_at',
    ),
    id: inserter(db, 'stashbox_ids', 'performer_id endpoint stashbox_performer_id created_at'),
    url: inserter(
      db,
      'external_urls',
      'performer_id site url normalized_id source_endpoint confidence created_at',
    ),
    alias: inserter(db, 'aliases', 'performer_id alias source_endpoint created_at'),
    merged: inserter(db, 'merged_ids', 'performer_id merged_stashbox_id endpoint merged_at'),
    tattoo: inserter(db, 'tattoos', 'performer_id location description source_endpoint created_at'),
    piercing: inserter(db, 'piercings', 'performer_id location description source_endpoint created_at'),
  };
  return (performer) => {
    const records = performer.records.toSorted(byPriority(database));
    insert.performer(performerRow(performer, records));
    for (const record of records) writeRecord(insert, performer, record, records[0]?.name);
  };
}

function writeRecord(
  insert: Record<'id' | 'url' | 'alias' | 'merged' | 'tattoo' | 'piercing', Insert>,
  { id: performer_id, createdAt }: SelectedPerformer,
  record: SelectedRecord,
  canonicalName: string | undefined,
): void {
  const { endpoint: source_endpoint } = record;
  const created_at = sqlTime(createdAt);
  insert.id({ performer_id, endpoint: record.endpoint, stashbox_performer_id: record.remoteId, created_at });
  for (const { url, site, siteId, confidence } of record.urls) {
    insert.url({ performer_id, site, url, normalized_id: siteId, source_endpoint, confidence, created_at });
  }
  for (const alias of [record.name, ...record.aliases]) {
    if (alias !== canonicalName) insert.alias({ performer_id, alias, source_endpoint, created_at });
  }
  for (const merged_stashbox_id of record.mergedIds) {
    insert.merged({ performer_id, merged_stashbox_id, endpoint: record.endpoint, merged_at: created_at });
  }
  for (const { kind, location, description } of record.modifications) {
    insert[kind]({ performer_id, location, description, source_endpoint, created_at });
  }
}

/** Where records differ the endpoint with the smaller priority number wins; what it leaves open the next one fills. */
function performerRow(
  { id, createdAt }: SelectedPerformer,
  records: SelectedRecord[],
): Record<string, SQLInputValue> {
  const first = <T>(take: (record: SelectedRecord) => T | null): T | null =>
    records.map(take).find((value) => value !== null) ?? null;
  return {
    id,
    canonical_name: first((record) => record.name),
    disambiguation: first((record) => record.disambiguation),
    gender: first((record) => record.gender),
    country: first((record) => record.country),
    ethnicity: first((record) => record.ethnicity),
    birth_date: first((record) => record.birthDate),
    death_date: first((record) => record.deathDate),
    height_cm: first((record) => record.heightCm),
    eye_color: first((record) => record.eyeColor),
    hair_color: first((record) => record.hairColor),
    career_start_year: first((record) => record.careerStartYear),
    career_end_year: first((record) => record.careerEndYear),
    scene_count: first((record) => record.sceneCount),
    stashdb_updated_at: first((record) => (record.endpoint === 'stashdb' ? record.updated : null)),
    image_url: first((record) => publicUrl(record.imageUrl)),
    created_at: sqlTime(createdAt),
    updated_at: sqlTime(
      records
        .map((record) => record.committedAt)
        .sort()
        .at(-1) ?? createdAt,
    ),
  };
}

/** Faces of performers that are not in the version are left out. */
function faceWriter(db: DatabaseSync): (face: SelectedFace) => number {
  const columns =
    'performer_id facenet_index arcface_index image_url source_endpoint quality_score created_at yaw';
  const insert = inserter(db, 'faces', columns);
  const isHeld = db.prepare('SELECT 1 FROM performers WHERE id = ?');
  return (face) => {
    if (!isHeld.get(face.performerId)) return 0;
    return insert({
      performer_id: face.performerId,
      facenet_index: face.label,
      arcface_index: face.label,
      image_url: publicUrl(face.imageUrl),
      source_endpoint: face.source,
      quality_score: face.quality,
      created_at: sqlTime(face.checkedAt),
      yaw: face.yaw,
    });
  };
}

function byPriority({ sources }: Pick<CatalogDatabase, 'sources'>) {
  return (one: SelectedRecord, other: SelectedRecord) =>
    priorityOf(sources, one.endpoint) - priorityOf(sources, other.endpoint) || one.id - other.id;
}

/** Paths of the owner's own files stay at home. */
function publicUrl(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) ? url : null;
}

/** SQLite's own form of a time, as the other rows of such files have it. */
function sqlTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
