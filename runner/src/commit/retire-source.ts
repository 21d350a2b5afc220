import { createsPerformers, type SourceDefinition } from '@trainer/contract/sources';
import { sql } from 'drizzle-orm';
import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogDatabase } from '../catalog/database.ts';
import { listLiveIds } from '../catalog/find-record.ts';
import { type CatalogWriter, change, write } from '../catalog/writer.ts';
import { removeRecord } from './remove-performer.ts';
import { retireUnlisted } from './retire-images.ts';

/** What the catalog has from a source. */
export interface SourceHoldings {
  /** Live records, for sources that create performers. */
  records: number;
  /** Performers whom no other source knows. */
  performers: number;
  images: number;
  /** Accepted faces, of all model packs. */
  faces: number;
}

export async function countHoldings({ db }: CatalogDatabase, id: string): Promise<SourceHoldings> {
  return db.get<SourceHoldings>(sql`SELECT
    (SELECT count(*) FROM performer_records WHERE endpoint = ${id} AND deleted = 0) AS records,
    (SELECT count(DISTINCT performer_id) FROM performer_records AS own WHERE endpoint = ${id} AND deleted = 0
      AND NOT EXISTS (SELECT 1 FROM performer_records AS other WHERE other.performer_id = own.performer_id
        AND other.deleted = 0 AND other.endpoint <> ${id})) AS performers,
    (SELECT count(*) FROM images WHERE source = ${id}) AS images,
    (SELECT count(*) FROM faces JOIN images ON images.id = image_id WHERE source = ${id} AND accepted = 1) AS faces`);
}

export interface Retirement {
  source: SourceDefinition;
  /** Whether what came from it goes too: faces, pictures and, of a source that creates performers, its records. */
  removesFaces: boolean;
  at: Date;
  signal: AbortSignal;
}

/**
 * Ends a source: no task works on it any more, and where it was left is forgotten. What came from it stays in the catalog and in
 * versions, or goes for good. It may be done again, and goes on where it was interrupted.
 */
export async function retireSource(
  catalog: Pick<Catalog, 'forOwner'>,
  { source, removesFaces, at, signal }: Retirement,
): Promise<void> {
  const database = catalog.forOwner();
  // First, so that no task begins that would bring back what goes.
  await database.sources.retire(source, at);
  if (removesFaces) {
    if (createsPerformers(source)) await removeRecords(database, source.id, signal);
    await removeImages(database, source.id, signal);
  }
  await forgetPlaces(database, source.id, removesFaces);
}

async function removeRecords(database: CatalogWriter, id: string, signal: AbortSignal): Promise<void> {
  for (let after = ''; ; ) {
    const ids = await listLiveIds(database, id, after, PORTION);
    for (const remoteId of ids) {
      signal.throwIfAborted();
      await removeRecord(database, id, remoteId);
    }
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

const PORTION = 200;

/** A face stays where another source showed the same picture. */
async function removeImages(database: CatalogWriter, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const owners = await database.db.all<{ performer: number }>(
      sql`SELECT DISTINCT performer_id AS performer FROM images WHERE source = ${id} LIMIT ${PORTION}`,
    );
    if (owners.length === 0) return;
    for (const { performer } of owners) {
      signal.throwIfAborted();
      await change(database, async () => retireUnlisted({ source: id, of: performer, urls: [] }));
    }
  }
}

/** Cursors are named by the source and what it was asked for: `stashdb:metadata`. */
async function forgetPlaces(database: CatalogWriter, id: string, withAnswers: boolean): Promise<void> {
  const answers = withAnswers
    ? [sql`DELETE FROM look_ups WHERE source = ${id}`, sql`DELETE FROM page_names WHERE source = ${id}`]
    : [];
  await write(database, [
    sql`DELETE FROM cursors WHERE source = ${id} OR substr(source, 1, ${id.length + 1}) = ${`${id}:`}`,
    sql`DELETE FROM read_pages WHERE source = ${id}`,
    ...answers,
  ]);
}
