import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import type { ImageOutcome } from '../catalog/image-outcome.ts';
import { type LookUpCommit, storeLookUp } from '../catalog/look-ups.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { storeImage } from '../catalog/store-image.ts';
import {
  markSeen,
  type SourceCursor,
  saveProgress,
  setCursor,
  type TaskProgress,
} from '../catalog/task-state.ts';
import { type CatalogWriter, change } from '../catalog/writer.ts';
import { identify } from '../identity/identify.ts';
import { createPerformers, keepPerformerId, moveRecords, performerOf } from './move-records.ts';
import { recordFindings } from './record-findings.ts';
import { adoptListed, type ImageListing, retireUnlisted } from './retire-images.ts';
import { recordId, storeRecord } from './store-record.ts';

/** Everything that one performer's turn in a task changes. */
export interface PerformerCommit {
  /** The record as its endpoint gave it, or the catalog's id of a performer that is known already. */
  performer: PerformerRecord | number;
  /** The id that a new performer had in an imported release: kept where it is free. */
  keepId?: number;
  /** Pictures judged in this turn. Those not named stay as they are. */
  images: ImageOutcome[];
  /** Everything that a source lists of the performer: what it holds from there beside that is retired. Left out where that is not known. */
  listing?: ImageListing;
  /** Pictures that the source says have not changed. */
  unchanged?: UnchangedImage[];
  /** What a source answered about the performer. */
  lookUp?: LookUpCommit;
  cursor?: SourceCursor;
  progress?: TaskProgress;
  /** Ticks an id off in a scan whose pages may shift. */
  seen?: { scan: string; remoteId: string };
}

/** The same where it depends on what the catalog holds of the performer: asked anew when that has changed before the commit. */
export interface PlannedCommit extends Pick<PerformerCommit, 'performer'> {
  /** @param performerIds the performers that have a part in this one; several when the record brings some together */
  plan: (performerIds: number[]) => Promise<Omit<PerformerCommit, 'performer'>>;
}

export interface UnchangedImage {
  imageId: number;
  etag: string | null;
  lastModified: string | null;
}

/**
 * Writes a performer, its pictures, faces, vectors and labels, and the task's cursor and counters in one
 * transaction. Doing it again, as after a crash, changes nothing more.
 * @returns the catalog's id of the performer.
 */
export async function commitPerformer(
  database: CatalogWriter,
  given: PerformerCommit | PlannedCommit,
): Promise<number> {
  const results = await change(database, () => planStatements(database, given));
  return Number(results.at(-1)?.rows[0]?.id);
}

async function planStatements(
  database: CatalogDatabase,
  given: PerformerCommit | PlannedCommit,
): Promise<SQL[]> {
  const at = database.now().toISOString();
  const keepId = 'plan' in given ? undefined : given.keepId;
  const { statements, performer, record, ids } = await performerPart(database, given.performer, keepId, at);
  const commit = 'plan' in given ? await given.plan(ids) : given;
  return [
    ...statements,
    // First, so that new faces take up the labels that these give up.
    ...(commit.listing ? [...adoptListed(commit.listing, performer), ...retireUnlisted(commit.listing)] : []),
    ...commit.images.flatMap((image) => storeImage(image, performer, record, at)),
    ...(commit.unchanged ?? []).map((image) => touchImage(image, at)),
    ...(commit.lookUp ? storeLookUp(commit.lookUp, performer, at) : []),
    ...(commit.seen ? [markSeen({ scan: commit.seen.scan, remoteIds: [commit.seen.remoteId] })] : []),
    ...(commit.cursor ? [setCursor(commit.cursor, at)] : []),
    ...(commit.progress ? [saveProgress(commit.progress, at)] : []),
    sql`SELECT ${performer} AS id`,
  ];
}

/** The statements about who it is; the performer and its record as expressions that hold after them; who it was before. */
async function performerPart(
  database: CatalogDatabase,
  performer: PerformerCommit['performer'],
  keepId: number | undefined,
  at: string,
): Promise<{ statements: SQL[]; performer: SQL; record: SQL | null; ids: number[] }> {
  if (typeof performer === 'number') {
    return { statements: [], performer: sql`${performer}`, record: null, ids: [performer] };
  }
  const identity = await identify(database, performer);
  if (!identity.own) throw new Error(`${performer.endpoint}:${performer.remoteId} was not identified`);
  const own = performerOf(identity.own);
  const statements = [
    ...(keepId === undefined ? [] : keepPerformerId(identity.own, keepId, at)),
    ...createPerformers(identity, at),
    ...storeRecord(performer, own, at),
    ...moveRecords(identity),
    ...(await recordFindings(database, identity, at)),
  ];
  const record = recordId(performer.endpoint, performer.remoteId);
  return { statements, performer: own, record, ids: identity.performerIds };
}

function touchImage({ imageId, etag, lastModified }: UnchangedImage, at: string): SQL {
  return sql`UPDATE images SET etag = ${etag}, last_modified = ${lastModified}, checked_at = ${at}
    WHERE id = ${imageId}`;
}
