import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from '@libsql/client';
import { libsqlClient } from '@trainer/shared/libsql';
import { type CatalogStats, catalogStats, type PackStats, packStats } from './catalog-stats.ts';
import { commitPerformer, type PerformerCommit } from './commit-performer.ts';
import { type CatalogDatabase, createDatabase } from './database.ts';
import { acceptedFaces, faceCounts, facesOf, imagesBySha256, imagesByUrl, imagesOf } from './find-images.ts';
import { findRecord, findRecords, liveIds } from './find-record.ts';
import type { AcceptedFace, FaceOutcome, KnownImage } from './image-outcome.ts';
import {
  findLookUp,
  type KeptPage,
  type KnownLookUp,
  keepPage,
  type LookUpKey,
  pagesOf,
} from './look-ups.ts';
import { migrateCatalog } from './migrate.ts';
import type { KnownRecord } from './performer-record.ts';
import { mergeRecords, removeRecord } from './remove-performer.ts';
import {
  forgetScan,
  readCursor,
  readProgress,
  readRunProgress,
  saveTaskState,
  seenCount,
  seenIds,
  type TaskState,
} from './task-state.ts';

export interface CatalogDeps {
  now: () => Date;
  sleep: (ms: number) => Promise<void>;
  /** A new uuid; names the catalog when it is made. */
  newId: () => string;
}

/** The runner's working database. Plain data in, plain data out. */
export interface Catalog {
  /** Names this catalog to the control plane, for as long as it lives. */
  readonly id: string;
  readonly createdAt: string;
  /** For the rooms that read the catalog in streams. */
  readonly database: CatalogDatabase;
  commitPerformer(commit: PerformerCommit): Promise<number>;
  removeRecord(endpoint: string, remoteId: string): Promise<void>;
  mergeRecords(endpoint: string, fromId: string, intoId: string): Promise<void>;
  findRecord(endpoint: string, remoteId: string): Promise<KnownRecord | null>;
  findRecords(endpoint: string, remoteIds: string[]): Promise<Map<string, KnownRecord>>;
  /** Ids after `after` that the endpoint has not deleted, in their order. */
  liveIds(endpoint: string, after: string, limit: number): Promise<string[]>;
  imagesOf(performerId: number, pack: string): Promise<KnownImage[]>;
  imagesByUrl(url: string, pack: string): Promise<KnownImage[]>;
  imagesBySha256(sha256: string, pack: string): Promise<KnownImage[]>;
  facesOf(imageId: number): Promise<FaceOutcome[]>;
  acceptedFaces(performerId: number, pack: string): Promise<AcceptedFace[]>;
  faceCounts(performerId: number, pack: string): Promise<{ total: number; bySource: Record<string, number> }>;
  findLookUp(key: LookUpKey): Promise<KnownLookUp | null>;
  pagesOf(performerId: number, source: string): Promise<KeptPage[]>;
  /** Keeps a page until its performer is committed. */
  keepPage(performerId: number, source: string, page: Omit<KeptPage, 'readAt'>): Promise<void>;
  /** The source's cursor, or null before its first turn. */
  cursor(source: string): Promise<unknown>;
  /** The task's counters, or null before its first turn. */
  progress(runId: string, taskId: string): Promise<unknown>;
  /** The counters of all tasks of a run. */
  progressOfRun(runId: string): Promise<unknown[]>;
  saveTaskState(state: TaskState): Promise<void>;
  seenIds(scan: string, remoteIds: string[]): Promise<Set<string>>;
  seenCount(scan: string): Promise<number>;
  forgetScan(scan: string): Promise<void>;
  stats(): Promise<CatalogStats>;
  packStats(pack: string): Promise<PackStats>;
  close(): void;
}

/**
 * Opens the catalog in a file, and makes it when it is not there.
 * @throws Error when the file's schema is newer than this program, or when it is no database.
 */
export async function openCatalog(path: string, deps: CatalogDeps): Promise<Catalog> {
  mkdirSync(dirname(path), { recursive: true });
  const handle = new DatabaseSync(path, { timeout: 0 });
  try {
    prepareFile(handle);
    return await createCatalog(libsqlClient(handle, deps.sleep), deps);
  } catch (cause) {
    handle.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The catalog ${path} cannot be opened: ${why}`, { cause });
  }
}

/**
 * Every commit is forced to disk (FULL): with one transaction per performer that costs little, and a label that
 * a published version carries must not be forgotten by a power cut, or somebody else would get it. What is deleted
 * is overwritten with zeros: an excluded person's faces must not stay in free pages.
 */
function prepareFile(handle: DatabaseSync): void {
  handle.exec('PRAGMA journal_mode = WAL');
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  handle.exec('PRAGMA secure_delete = ON');
}

/** The catalog on any libSQL client whose connection enforces foreign keys. */
export async function createCatalog(client: Client, deps: CatalogDeps): Promise<Catalog> {
  await migrateCatalog(client, deps.now);
  const { id, createdAt } = await readIdentity(client, deps);
  const database = createDatabase(client, deps.now);
  return {
    id,
    createdAt,
    database,
    commitPerformer: (commit) => commitPerformer(database, commit),
    removeRecord: (...ids) => removeRecord(database, ...ids),
    mergeRecords: (...ids) => mergeRecords(database, ...ids),
    findRecord: (...key) => findRecord(database, ...key),
    findRecords: (...keys) => findRecords(database, ...keys),
    liveIds: (...key) => liveIds(database, ...key),
    imagesOf: (...key) => imagesOf(database, ...key),
    imagesByUrl: (...key) => imagesByUrl(database, ...key),
    imagesBySha256: (...key) => imagesBySha256(database, ...key),
    facesOf: (imageId) => facesOf(database, imageId),
    acceptedFaces: (...key) => acceptedFaces(database, ...key),
    faceCounts: (...key) => faceCounts(database, ...key),
    findLookUp: (key) => findLookUp(database, key),
    pagesOf: (...key) => pagesOf(database, ...key),
    keepPage: (...page) => keepPage(database, ...page),
    cursor: (source) => readCursor(database, source),
    progress: (...key) => readProgress(database, ...key),
    progressOfRun: (runId) => readRunProgress(database, runId),
    saveTaskState: (state) => saveTaskState(database, state),
    seenIds: (...key) => seenIds(database, ...key),
    seenCount: (scan) => seenCount(database, scan),
    forgetScan: (scan) => forgetScan(database, scan),
    stats: () => catalogStats(database),
    packStats: (pack) => packStats(database, pack),
    close: () => client.close(),
  };
}

async function readIdentity(client: Client, deps: CatalogDeps): Promise<{ id: string; createdAt: string }> {
  await client.execute({
    sql: 'INSERT OR IGNORE INTO catalog_identity (id, catalog_id, created_at) VALUES (1, ?, ?)',
    args: [deps.newId(), deps.now().toISOString()],
  });
  const { rows } = await client.execute('SELECT catalog_id, created_at FROM catalog_identity');
  return { id: String(rows[0]?.catalog_id), createdAt: String(rows[0]?.created_at) };
}
