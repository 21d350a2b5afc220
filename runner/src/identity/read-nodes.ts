import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { STASH_BOX_SITES } from '../catalog/site-rules.ts';
import { makeNode, NAME_SITE, type NodeKey, normaliseCountry, type RecordNode } from './record-node.ts';

interface RecordRow {
  id: number;
  performerId: number;
  endpoint: string;
  remoteId: string;
  name: string;
  birthDate: string | null;
  country: string | null;
  gender: string | null;
}

/** Records with these row ids, deleted ones included, in the ids' order of magnitude. */
export async function readNodes({ db }: CatalogDatabase, ids: readonly number[]): Promise<RecordNode[]> {
  if (ids.length === 0) return [];
  const wanted = rowsOf(ids);
  const [rows, names, urls, merged] = await db.batch([
    db.all<RecordRow>(sql`
      SELECT id, performer_id AS performerId, endpoint, remote_id AS remoteId, name, birth_date AS birthDate, country,
        gender FROM performer_records WHERE id IN (SELECT value FROM ${wanted}) ORDER BY id`),
    db.all<{ id: number; name: string }>(sql`
      SELECT record_id AS id, name FROM record_names WHERE record_id IN (SELECT value FROM ${wanted})
      ORDER BY is_main DESC, name`),
    db.all<{ id: number; site: string; key: string; confidence: number; url: string }>(sql`
      SELECT record_id AS id, site, site_id AS key, confidence, url FROM urls
      WHERE site IS NOT NULL AND record_id IN (SELECT value FROM ${wanted}) ORDER BY url`),
    db.all<{ id: number; merged: string }>(sql`
      SELECT record_id AS id, merged_id AS merged FROM merged_ids
      WHERE record_id IN (SELECT value FROM ${wanted}) ORDER BY merged_id`),
  ]);
  const [namesOf, urlsOf, mergedOf] = [byId(names), byId(urls), byId(merged)];
  return rows.map(({ id, ...row }) =>
    makeNode({
      ...row,
      recordId: id,
      country: normaliseCountry(row.country),
      names: (namesOf.get(id) ?? []).map((each) => each.name),
      listed: (urlsOf.get(id) ?? []).map(({ key, ...url }) => ({ ...url, id: key })),
      mergedIds: (mergedOf.get(id) ?? []).map((each) => each.merged),
    }),
  );
}

/** Who has a key, of one endpoint. */
export interface KeyHolders {
  site: string;
  id: string;
  endpoint: string;
  /** How many records of the endpoint. */
  held: number;
  /** Of all of them where the key is an explicit one or held once; otherwise just the oldest. */
  recordIds: number[];
}

interface HolderRow {
  site: string;
  id: string;
  endpoint: string;
  held: number;
  recordIds: string;
}

/**
 * Live records that have one of the keys, counted by key and endpoint, so that an account which a thousand records give is
 * answered with a handful of rows. `hidden` are row ids to leave out.
 */
export async function readHolders(
  { db }: CatalogDatabase,
  keys: readonly Pick<NodeKey, 'site' | 'id'>[],
  hidden: readonly number[],
): Promise<KeyHolders[]> {
  if (keys.length === 0) return [];
  const names = keys.flatMap(({ site, id }) => (site === NAME_SITE ? [nameParts(id)] : []));
  const sites = keys.flatMap(({ site, id }) => (site === NAME_SITE ? [] : [{ site, id }]));
  const explicit = sites.filter(({ site }) => isOwnable(site));
  const parts = [
    ...(sites.length > 0 ? [listers(sites)] : []),
    ...(explicit.length > 0 ? [owners(explicit), mergers(explicit)] : []),
    ...(names.length > 0 ? [bearers(names)] : []),
  ];
  const rows = await db.all<HolderRow>(sql`
    WITH holding (site, id, endpoint, record, explicit) AS (${sql.join(parts, sql` UNION ALL `)})
    SELECT site, id, endpoint, count(DISTINCT record) AS held,
      CASE WHEN count(DISTINCT record) < 20 AND explicit THEN json_group_array(DISTINCT record)
        ELSE json_array(min(record)) END AS recordIds
    FROM holding WHERE record NOT IN (SELECT value FROM ${rowsOf(hidden)})
    GROUP BY site, id, endpoint`);
  return rows.map((row) => ({ ...row, recordIds: readIds(row.recordIds) }));
}

/** Whether records of some endpoint can be found at pages of the site, which makes naming such a page an explicit word. */
export function isOwnable(site: string): boolean {
  return STASH_BOX_SITES.has(site);
}

function listers(keys: unknown[]): SQL {
  const explicit = sql`key.value->>'site' IN (SELECT value FROM ${rowsOf([...STASH_BOX_SITES])})`;
  return sql`SELECT urls.site, urls.site_id, endpoint, record.id, ${explicit}
    FROM ${rowsOf(keys)} AS key CROSS JOIN urls ON urls.site = key.value->>'site' AND urls.site_id = key.value->>'id'
    CROSS JOIN performer_records AS record ON record.id = urls.record_id
    WHERE record.deleted = 0 AND (endpoint <> urls.site OR urls.site_id NOT LIKE '________-____-____-____-____________')`;
}

function owners(keys: unknown[]): SQL {
  return sql`SELECT endpoint, key.value->>'id', endpoint, record.id, 1
    FROM ${rowsOf(keys)} AS key CROSS JOIN performer_records AS record
      ON endpoint = key.value->>'site' AND remote_id = key.value->>'id'
    WHERE record.deleted = 0`;
}

function mergers(keys: unknown[]): SQL {
  return sql`SELECT endpoint, merged_id, endpoint, record.id, 1
    FROM ${rowsOf(keys)} AS key CROSS JOIN merged_ids ON merged_id = key.value->>'id'
    CROSS JOIN performer_records AS record ON record.id = record_id AND endpoint = key.value->>'site'
    WHERE record.deleted = 0`;
}

function bearers(names: unknown[]): SQL {
  return sql`SELECT ${NAME_SITE}, record_names.name || '|' || record_names.country || '|' || birth_year, endpoint,
      record.id, 0
    FROM ${rowsOf(names)} AS key CROSS JOIN record_names ON record_names.name = key.value->>'name'
      AND record_names.country = key.value->>'country' AND birth_year = key.value->>'year'
    CROSS JOIN performer_records AS record ON record.id = record_id
    WHERE record.deleted = 0`;
}

function nameParts(id: string): { name: string; country: string; year: string } {
  const [name = '', country = '', year = ''] = id.split('|');
  return { name, country, year };
}

function readIds(text: string): number[] {
  const ids: unknown = JSON.parse(text);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'number') : [];
}

function byId<Row extends { id: number }>(rows: Row[]): Map<number, Row[]> {
  return Map.groupBy(rows, (row) => row.id);
}
