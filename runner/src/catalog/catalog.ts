import { randomUUID } from 'node:crypto';
import type { Client } from '@libsql/client';
import pLimit from 'p-limit';
import { type CatalogStats, catalogStats, type PackStats, packStats } from './catalog-stats.ts';
import { commitPerformer, type PerformerCommit, type PlannedCommit } from './commit-performer.ts';
import { type CatalogDatabase, createDatabase } from './database.ts';
import { type FailedImage, failedImages, servedImages } from './failed-images.ts';
import { endEarlierRuns, type TaskLease } from './fences.ts';
import { acceptedFaces, faceCounts, facesOf, imagesBySha256, imagesByUrl, imagesOf } from './find-images.ts';
import { findRecord, findRecords, hasRecords, liveIds } from './find-record.ts';
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
import { findUnlisted, type ImageListing, type UnlistedImage } from './retire-images.ts';
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
import type { TurnDeps } from './turns.ts';
import { type CatalogWriter, write } from './writer.ts';

/** The runner's working database, to read from. Plain data in, plain data out. */
export interface ReadableCatalog {
  /** Names this catalog to the control plane, for as long as it lives. */
  readonly id: string;
  readonly createdAt: string;
  /** For the rooms that read the catalog in streams. */
  readonly database: CatalogDatabase;
  findRecord(endpoint: string, remoteId: string): Promise<KnownRecord | null>;
  findRecords(endpoint: string, remoteIds: string[]): Promise<Map<string, KnownRecord>>;
  hasRecords(performerId: number): Promise<boolean>;
  /** Ids after `after` that the endpoint has not deleted, in their order. */
  liveIds(endpoint: string, after: string, limit: number): Promise<string[]>;
  imagesOf(performerId: number, pack: string): Promise<KnownImage[]>;
  imagesByUrl(url: string, pack: string): Promise<KnownImage[]>;
  imagesBySha256(sha256: string, pack: string): Promise<KnownImage[]>;
  /** Failed images of a source's live records with a larger row id than `after`, in their order. */
  failedImages(source: string, pack: string, after: number, limit: number): Promise<FailedImage[]>;
  /** Addresses of images that a source has served, the latest first. */
  servedImages(source: string, limit: number): Promise<string[]>;
  /** Images that the catalog holds and the listing leaves out. */
  findUnlisted(listing: ImageListing): Promise<UnlistedImage[]>;
  facesOf(imageId: number): Promise<FaceOutcome[]>;
  acceptedFaces(performerId: number, pack: string): Promise<AcceptedFace[]>;
  faceCounts(performerId: number, pack: string): Promise<{ total: number; bySource: Record<string, number> }>;
  findLookUp(key: LookUpKey): Promise<KnownLookUp | null>;
  pagesOf(performerId: number, source: string): Promise<KeptPage[]>;
  /** The source's cursor, or null before its first turn. */
  cursor(source: string): Promise<unknown>;
  /** The task's counters, or null before its first turn; the run by its `runKey`. */
  progress(run: string, taskId: string): Promise<unknown>;
  /** The counters of all tasks of a run. */
  progressOfRun(run: string): Promise<unknown[]>;
  seenIds(scan: string, remoteIds: string[]): Promise<Set<string>>;
  seenCount(scan: string): Promise<number>;
  stats(): Promise<CatalogStats>;
  packStats(pack: string): Promise<PackStats>;
}

/** The catalog in the hands of somebody who may change it. */
export interface WritableCatalog extends ReadableCatalog {
  readonly database: CatalogWriter;
  /** @returns the catalog's id of the performer */
  commitPerformer(commit: PerformerCommit | PlannedCommit): Promise<number>;
  removeRecord(endpoint: string, remoteId: string): Promise<void>;
  mergeRecords(endpoint: string, fromId: string, intoId: string): Promise<void>;
  /** Keeps a page until its performer is committed. */
  keepPage(performerId: number, source: string, page: Omit<KeptPage, 'readAt'>): Promise<void>;
  saveTaskState(state: TaskState): Promise<void>;
  forgetScan(scan: string): Promise<void>;
}

export interface Catalog extends ReadableCatalog {
  /**
   * The catalog for one task, and for as long as the lease is its newest. From now on whoever holds an older one can change
   * nothing more, so that what is read afterwards stays.
   *
   * @throws CatalogFenced when the lease is an older one itself; so does every later change, once it is
   */
  forTask(lease: TaskLease): Promise<WritableCatalog>;
  /** The catalog for a person at the command line, who has no lease to lose. */
  forOwner(): WritableCatalog;
  close(): void;
}

export interface CatalogDeps extends TurnDeps {
  now: () => Date;
  /** A new uuid; names the catalog when it is made. */
  newId: () => string;
}

/** The catalog on any libSQL client whose connections enforce foreign keys. */
export async function createCatalog(client: Client, deps: CatalogDeps): Promise<Catalog> {
  await migrateCatalog(client, deps.now);
  const identity = await readIdentity(client, deps);
  const database = createDatabase(client, deps.now);
  await database.sources.load();
  const { sleep, random, say } = deps;
  const shared = { ...database, sleep, random, say, name: randomUUID(), inTurn: pLimit(1) };
  const forWriter = (writer: CatalogWriter) => ({ ...identity, ...readsOf(writer), ...writesOf(writer) });
  return {
    ...identity,
    ...readsOf(database),
    async forTask(lease) {
      const writer = { ...shared, lease };
      await write(writer, [endEarlierRuns(lease)]);
      await database.sources.load();
      return forWriter(writer);
    },
    forOwner: () => forWriter({ ...shared, lease: null }),
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

function readsOf(database: CatalogDatabase): Omit<ReadableCatalog, 'id' | 'createdAt'> {
  return {
    database,
    findRecord: (...key) => findRecord(database, ...key),
    findRecords: (...keys) => findRecords(database, ...keys),
    hasRecords: (performerId) => hasRecords(database, performerId),
    liveIds: (...key) => liveIds(database, ...key),
    imagesOf: (...key) => imagesOf(database, ...key),
    imagesByUrl: (...key) => imagesByUrl(database, ...key),
    imagesBySha256: (...key) => imagesBySha256(database, ...key),
    failedImages: (...key) => failedImages(database, ...key),
    servedImages: (...key) => servedImages(database, ...key),
    findUnlisted: (listing) => findUnlisted(database, listing),
    facesOf: (imageId) => facesOf(database, imageId),
    acceptedFaces: (...key) => acceptedFaces(database, ...key),
    faceCounts: (...key) => faceCounts(database, ...key),
    findLookUp: (key) => findLookUp(database, key),
    pagesOf: (...key) => pagesOf(database, ...key),
    cursor: (source) => readCursor(database, source),
    progress: (...key) => readProgress(database, ...key),
    progressOfRun: (run) => readRunProgress(database, run),
    seenIds: (...key) => seenIds(database, ...key),
    seenCount: (scan) => seenCount(database, scan),
    stats: () => catalogStats(database),
    packStats: (pack) => packStats(database, pack),
  };
}

function writesOf(
  database: CatalogWriter,
): Omit<WritableCatalog, keyof ReadableCatalog> & { database: CatalogWriter } {
  return {
    database,
    commitPerformer: (commit) => commitPerformer(database, commit),
    removeRecord: (...ids) => removeRecord(database, ...ids),
    mergeRecords: (...ids) => mergeRecords(database, ...ids),
    keepPage: (...page) => keepPage(database, ...page),
    saveTaskState: (state) => saveTaskState(database, state),
    forgetScan: (scan) => forgetScan(database, scan),
  };
}
