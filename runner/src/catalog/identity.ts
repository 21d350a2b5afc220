import { and, eq, inArray, ne } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';
import { normaliseUrl } from './normalise-url.ts';
import type { PerformerRecord } from './performer-record.ts';
import { performerRecords, urls } from './schema/performers.ts';
import { STASH_BOX_SITES } from './site-rules.ts';

/**
 * Who a record is about. One stash-box id is one performer, unless the stash-box itself merged two ids, or a
 * record carries the address of the performer's page at another stash-box (tier 1 of the identity graph).
 * Weaker signals belong here too when they come: nothing else in the catalog decides about identity.
 */
export interface Identity {
  /** The performer that the record belongs to, or null when it makes a new one. */
  performerId: number | null;
  /** Performers that turn out to be the same one. */
  absorbed: number[];
}

interface Link {
  performerId: number;
  endpoint: string;
  remoteId: string;
  deleted: boolean;
}

/** Decides from what the catalog holds; changes nothing. */
export async function identify(database: CatalogDatabase, record: PerformerRecord): Promise<Identity> {
  const own = await linksOf(database, record.endpoint, [record.remoteId]);
  const merged = await linksOf(database, record.endpoint, record.mergedIds);
  const crossed = await crossLinks(database, record);
  const certain = distinct([...own, ...merged]);
  const suggested = distinct(crossed).filter((id) => !certain.includes(id));
  const [performerId = null, ...absorbed] = [
    ...certain,
    ...(await allowed(database, record, certain, suggested)),
  ];
  return { performerId, absorbed };
}

/**
 * A cross-link must not bring two ids of one stash-box together: that stash-box holds them apart, and merging
 * them is its own decision.
 */
async function allowed(
  database: CatalogDatabase,
  record: PerformerRecord,
  certain: number[],
  suggested: number[],
): Promise<number[]> {
  if (suggested.length === 0) return [];
  const held = await liveEndpoints(database, [...certain, ...suggested]);
  const taken = new Set([record.endpoint, ...certain.flatMap((id) => held.get(id) ?? [])]);
  return suggested.filter((id) => {
    const endpoints = held.get(id) ?? [];
    if (endpoints.some((endpoint) => taken.has(endpoint))) return false;
    for (const endpoint of endpoints) taken.add(endpoint);
    return true;
  });
}

/** Records that this one names by their page, and records that name this one. */
async function crossLinks(database: CatalogDatabase, record: PerformerRecord): Promise<Link[]> {
  const named = record.urls
    .map(normaliseUrl)
    .filter((key) => key !== null && STASH_BOX_SITES.has(key.site) && key.site !== record.endpoint);
  const found: Link[] = [];
  for (const key of named) if (key) found.push(...(await linksOf(database, key.site, [key.id])));
  if (STASH_BOX_SITES.has(record.endpoint)) found.push(...(await namedBy(database, record)));
  return found.filter((link) => !link.deleted);
}

function namedBy({ db }: CatalogDatabase, record: PerformerRecord): Promise<Link[]> {
  return db
    .select(linkFields)
    .from(urls)
    .innerJoin(performerRecords, eq(performerRecords.id, urls.recordId))
    .where(
      and(
        eq(urls.site, record.endpoint),
        eq(urls.siteId, record.remoteId.toLowerCase()),
        inArray(performerRecords.endpoint, [...STASH_BOX_SITES]),
        ne(performerRecords.endpoint, record.endpoint),
      ),
    )
    .orderBy(performerRecords.performerId);
}

const linkFields = {
  performerId: performerRecords.performerId,
  endpoint: performerRecords.endpoint,
  remoteId: performerRecords.remoteId,
  deleted: performerRecords.deleted,
};

async function linksOf({ db }: CatalogDatabase, endpoint: string, ids: string[]): Promise<Link[]> {
  if (ids.length === 0) return [];
  return db
    .select(linkFields)
    .from(performerRecords)
    .where(and(eq(performerRecords.endpoint, endpoint), inArray(performerRecords.remoteId, ids)))
    .orderBy(performerRecords.performerId);
}

async function liveEndpoints({ db }: CatalogDatabase, ids: number[]): Promise<Map<number, string[]>> {
  const rows = await db
    .select(linkFields)
    .from(performerRecords)
    .where(and(inArray(performerRecords.performerId, ids), eq(performerRecords.deleted, false)));
  return new Map(
    ids.map((id) => [id, rows.filter((row) => row.performerId === id).map((row) => row.endpoint)]),
  );
}

function distinct(links: Link[]): number[] {
  return [...new Set(links.map((link) => link.performerId))];
}
