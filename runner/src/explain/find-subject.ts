import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { normaliseUrl } from '../catalog/normalise-url.ts';
import type { SourceDefinitions } from '../catalog/source-definitions.ts';
import { normaliseName } from '../identity/name-similarity.ts';
import { Domains } from '../identity/universal-id.ts';

/** A record that somebody may mean. */
export interface Subject {
  performerId: number;
  endpoint: string;
  remoteId: string;
  name: string;
  deleted: number;
  mergedInto: string | null;
}

/**
 * The records meant by an id (`stashdb.org:018f…`, `stashdb:018f…`, or the id alone), an address, or a name or alias; those
 * that their source has deleted or merged are among them.
 */
export async function findSubjects({ db, sources }: CatalogDatabase, about: string): Promise<Subject[]> {
  for (const where of readings(about.trim(), sources)) {
    const found = await db.all<Subject>(sql`
      SELECT DISTINCT performer_id AS performerId, endpoint, remote_id AS remoteId, name, deleted,
        merged_into AS mergedInto
      FROM performer_records AS record WHERE ${where} ORDER BY deleted, performer_id LIMIT 500`);
    if (found.length > 0) return found;
  }
  return [];
}

/** Ways to read what was asked for, the most precise first. */
function readings(about: string, sources: SourceDefinitions): SQL[] {
  const address = /^https?:/i.test(about) ? normaliseUrl(about) : null;
  const { endpoint, id } = Domains.of(sources.all()).parse(about);
  const name = normaliseName(about);
  return [
    ...(address ? [byAddress(address)] : []),
    ...(about.includes(':') && (sources.find(endpoint) || !address) ? [byId(endpoint, id)] : []),
    sql`record.id IN (SELECT id FROM performer_records WHERE remote_id IN (${about}, ${about.toLowerCase()}))`,
    ...(name === '' ? [] : [sql`record.id IN (SELECT record_id FROM record_names WHERE name = ${name})`]),
  ];
}

function byId(endpoint: string, id: string): SQL {
  return sql`record.endpoint = ${endpoint} AND record.remote_id IN (${id}, ${id.toLowerCase()})`;
}

function byAddress({ site, id }: { site: string; id: string }): SQL {
  return sql`record.id IN (SELECT record_id FROM urls WHERE site = ${site} AND site_id = ${id}
    UNION SELECT id FROM performer_records WHERE endpoint = ${site} AND remote_id = ${id})`;
}
