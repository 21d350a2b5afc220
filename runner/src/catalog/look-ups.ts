import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from './database.ts';
import { lookUps, readPages } from './schema/look-ups.ts';
import { type CatalogWriter, write } from './writer.ts';

/** Whose look-up it is. With another model pack, or in another mode, it is another one. */
export interface LookUpKey {
  performerId: number;
  source: string;
  mode: string;
  pack: string;
}

/** What the catalog remembers of a look-up. */
export interface KnownLookUp {
  outcome: string;
  askedWith: string;
  judgedWith: string;
  openImages: number;
  lookedUpAt: string;
}

/** Everything that a look-up changes, as part of its performer's commit. */
export interface LookUpCommit extends Omit<LookUpKey, 'performerId'>, Omit<KnownLookUp, 'lookedUpAt'> {
  reason: string | null;
  pageUrl: string | null;
  /** Names that the page gives, or null when none was read. */
  names: readonly string[] | null;
  /** The pages that may be asked for conditionally next time. */
  pages: readonly PageValidators[];
}

export interface PageValidators {
  url: string;
  etag: string | null;
  lastModified: string | null;
}

/** A page as it came. */
export interface StoredPage extends PageValidators {
  status: number;
  /** Its address after redirects. */
  cameFrom: string;
  contentType: string | null;
  /** Null once the performer is committed. */
  content: Uint8Array | null;
  readAt: string;
}

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

export async function findLookUp({ db }: CatalogDatabase, key: LookUpKey): Promise<KnownLookUp | null> {
  const isIt = and(
    eq(lookUps.performerId, key.performerId),
    eq(lookUps.source, key.source),
    eq(lookUps.mode, key.mode),
    eq(lookUps.pack, key.pack),
  );
  const [row] = await db.select().from(lookUps).where(isIt);
  return row ?? null;
}

/** A performer's pages at a source. */
export async function listPages(
  { db }: CatalogDatabase,
  performerId: number,
  source: string,
): Promise<StoredPage[]> {
  const rows = await db
    .select()
    .from(readPages)
    .where(and(eq(readPages.performerId, performerId), eq(readPages.source, source)));
  return Promise.all(
    rows.map(async ({ performerId: _, source: __, content, ...page }) => ({
      ...page,
      content: content && new Uint8Array(await unpack(content)),
    })),
  );
}

/** Keeps a page until its performer is committed. */
export async function storePage(
  database: CatalogWriter,
  performerId: number,
  source: string,
  page: Omit<StoredPage, 'readAt'>,
): Promise<void> {
  const { url, etag, lastModified, status, cameFrom, contentType } = page;
  const content = page.content && (await pack(page.content));
  const at = database.now().toISOString();
  await write(database, [
    sql`INSERT OR REPLACE INTO read_pages
        (performer_id, source, url, etag, last_modified, status, came_from, content_type, content, read_at)
      VALUES (${performerId}, ${source}, ${url}, ${etag}, ${lastModified}, ${status}, ${cameFrom}, ${contentType},
        ${content}, ${at})`,
  ]);
}

/** Statements that write a look-up down. Its pages lose their content: everything in it has been dealt with. */
export function storeLookUp(lookUp: LookUpCommit, performer: SQL, at: string): SQL[] {
  const { source, mode, pack: packKey, outcome, reason, pageUrl, names, pages } = lookUp;
  const { askedWith, judgedWith, openImages } = lookUp;
  const mine = sql`performer_id = ${performer} AND source = ${source}`;
  return [
    sql`INSERT INTO look_ups (performer_id, source, mode, pack, outcome, reason, page_url, asked_with, judged_with,
        open_images, looked_up_at)
      VALUES (${performer}, ${source}, ${mode}, ${packKey}, ${outcome}, ${reason}, ${pageUrl}, ${askedWith},
        ${judgedWith}, ${openImages}, ${at})
      ON CONFLICT (performer_id, source, mode, pack) DO UPDATE SET outcome = excluded.outcome,
        reason = excluded.reason, page_url = coalesce(excluded.page_url, page_url),
        asked_with = excluded.asked_with, judged_with = excluded.judged_with,
        open_images = excluded.open_images, looked_up_at = excluded.looked_up_at`,
    sql`DELETE FROM read_pages WHERE ${mine} AND url NOT IN (SELECT value FROM ${rowsOf(pages.map(({ url }) => url))})`,
    sql`UPDATE read_pages SET content = NULL WHERE ${mine}`,
    ...(names ? storeNames(names, source, performer) : []),
  ];
}

function storeNames(names: readonly string[], source: string, performer: SQL): SQL[] {
  return [
    sql`DELETE FROM page_names WHERE performer_id = ${performer} AND source = ${source}`,
    sql`INSERT OR IGNORE INTO page_names (performer_id, source, name)
      SELECT ${performer}, ${source}, value FROM ${rowsOf(names)}`,
  ];
}
