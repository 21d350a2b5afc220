import type { DatabaseSync } from 'node:sqlite';

/** Domains of the endpoints in universal ids, the one that wins first. Sidecars rely on this order. */
const DOMAINS: [endpoint: string, domain: string][] = [
  ['stashdb', 'stashdb.org'],
  ['theporndb', 'theporndb.net'],
  ['fansdb', 'fansdb.cc'],
  ['pmvstash', 'pmvstash.org'],
  ['javstash', 'javstash.org'],
];

/** `stashdb.org:<id>`; an endpoint that is no stash-box, like `folder`, gets `.org` behind its name. */
export function universalId(endpoint: string, id: string): string {
  const domain = DOMAINS.find(([name]) => name === endpoint)?.[1] ?? `${endpoint}.org`;
  return `${domain}:${id}`;
}

/** The endpoint and id that a universal id stands for; ids may hold colons. */
export function parseUniversalId(text: string): { endpoint: string; id: string } {
  const cut = text.indexOf(':');
  const [domain, id] = [text.slice(0, cut), text.slice(cut + 1)];
  return { endpoint: DOMAINS.find(([, name]) => name === domain)?.[0] ?? domain.replace(/\.org$/, ''), id };
}

/**
 * Makes `temp.universal_ids (performer_id, universal_id)` on a version's `performers.db`, one row per performer
 * with a stash-box id. Temporary tables live outside the file, so it works on one opened for reading.
 */
export function nameUniversalIds(db: DatabaseSync): void {
  const cases = DOMAINS.map(([endpoint], index) => `WHEN '${endpoint}' THEN ${index}`).join(' ');
  const domains = DOMAINS.map(([endpoint, domain]) => `WHEN '${endpoint}' THEN '${domain}'`).join(' ');
  db.exec(`
    DROP TABLE IF EXISTS temp.universal_ids;
    CREATE TEMP TABLE universal_ids (performer_id INTEGER PRIMARY KEY, universal_id TEXT NOT NULL);
    INSERT INTO temp.universal_ids
      SELECT performer_id, CASE endpoint ${domains} ELSE endpoint || '.org' END || ':' || stashbox_performer_id
      FROM (SELECT *, row_number() OVER (
        PARTITION BY performer_id
        ORDER BY CASE endpoint ${cases} ELSE ${DOMAINS.length} END, stashbox_performer_id) AS place
        FROM stashbox_ids)
      WHERE place = 1;
    CREATE INDEX temp.universal_ids_by_id ON universal_ids (universal_id)`);
}
