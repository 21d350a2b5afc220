import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { STASH_BOX_SITES } from '../catalog/site-rules.ts';
import type { Identification } from '../identity/identify.ts';
import type { ConflictKind, PairEvidence } from '../identity/judge-pair.ts';
import { keyText, refOf } from '../identity/record-node.ts';

interface Finding {
  first: string;
  second: string;
  /** A link's rule or a conflict's kind. */
  what: string;
  evidence: Partial<PairEvidence>;
}

/** Statements that make the catalog's links and conflicts around a change those that were found now. */
export async function recordFindings(
  database: CatalogDatabase,
  identification: Identification,
  at: string,
): Promise<SQL[]> {
  const { nodes, hidden } = identification.neighbourhood;
  const refs = [...new Set([...nodes, ...hidden].map(({ ref }) => ref))];
  const links = identification.links.map((link) =>
    finding(link.one.ref, link.other.ref, link.rule, link.evidence),
  );
  const [[heldLinks, heldConflicts], dead] = await Promise.all([
    readHeld(database, refs),
    deadLinks(database, identification),
  ]);
  const conflicts = [
    ...identification.doubts.map((each) => finding(each.one.ref, each.other.ref, each.kind, each.evidence)),
    ...identification.links.flatMap(({ one, other, conflict, evidence }) =>
      conflict ? [finding(one.ref, other.ref, conflict, evidence)] : [],
    ),
    ...dead,
  ];
  return [
    ...replace('links', heldLinks, links, at),
    ...replace('conflicts', heldConflicts, conflicts, at),
    ...contestedKeys(identification, at),
  ];
}

function finding(one: string, other: string, what: string, evidence: Partial<PairEvidence>): Finding {
  const [first, second] = one < other ? [one, other] : [other, one];
  return { first, second, what, evidence };
}

const COLUMNS = {
  links: { what: sql.raw('rule'), at: sql.raw('linked_at') },
  conflicts: { what: sql.raw('kind'), at: sql.raw('found_at') },
};
type Table = keyof typeof COLUMNS;

type Held = Omit<Finding, 'evidence'>;

/** Links and conflicts about the records. */
function readHeld({ db }: CatalogDatabase, refs: string[]): Promise<[Held[], Held[]]> {
  const wanted = rowsOf(refs);
  const of = (table: Table) => {
    const from = sql`SELECT first, second, ${COLUMNS[table].what} AS what FROM ${sql.raw(table)}`;
    return db.all<Held>(sql`${from} WHERE first IN (SELECT value FROM ${wanted}) AND second <> ''
      UNION ${from} WHERE second IN (SELECT value FROM ${wanted})`);
  };
  return db.batch([of('links'), of('conflicts')]);
}

/** What stands already keeps the time when it was found. */
function replace(table: Table, held: Held[], found: Finding[], at: string): SQL[] {
  const key = ({ first, second, what }: Held) => `${first} ${second} ${what}`;
  const [before, now] = [new Set(held.map(key)), new Set(found.map(key))];
  const gone = held.filter((each) => !now.has(key(each)));
  const added = found.filter((each) => !before.has(key(each)));
  const columns = COLUMNS[table];
  return [
    ...(gone.length === 0
      ? []
      : [
          sql`DELETE FROM ${sql.raw(table)} WHERE (first, second) IN (
            SELECT value->>'first', value->>'second' FROM ${rowsOf(gone)})`,
        ]),
    ...(added.length === 0
      ? []
      : [
          sql`INSERT OR REPLACE INTO ${sql.raw(table)} (first, second, ${columns.what}, evidence, ${columns.at})
            SELECT value->>'first', value->>'second', value->>'what', value->>'evidence', ${at}
            FROM ${rowsOf(added)}`,
        ]),
  ];
}

/** Addresses of stash-box pages whose record is gone. */
async function deadLinks(
  { db }: CatalogDatabase,
  { neighbourhood: { nodes, hidden } }: Identification,
): Promise<Finding[]> {
  const live = new Set(nodes.map(({ ref }) => ref));
  const going = new Set(hidden.map(({ ref }) => ref).filter((ref) => !live.has(ref)));
  const named = nodes.flatMap((node) =>
    node.keys
      .filter(({ site, role }) => role === 'listed' && STASH_BOX_SITES.has(site))
      .map((key) => ({ key, ref: node.ref, site: key.site, id: key.id })),
  );
  if (named.length === 0) return [];
  const rows = await db.all<{ endpoint: string; remoteId: string; mergedInto: string | null }>(sql`
    SELECT DISTINCT endpoint, remote_id AS remoteId, merged_into AS mergedInto
    FROM ${rowsOf(named)} AS named CROSS JOIN performer_records
      ON endpoint = named.value->>'site' AND remote_id = named.value->>'id'
    WHERE deleted = 1`);
  const dead = new Set([...rows.map((row) => refOf(row.endpoint, row.remoteId)), ...going]);
  return named.flatMap(({ key, ref }) => {
    const target = refOf(key.site, key.id);
    if (!dead.has(target) || live.has(target)) return [];
    const row = rows.find((each) => refOf(each.endpoint, each.remoteId) === target);
    const kind: ConflictKind = row?.mergedInto ? 'merged_link' : 'deleted_link';
    return [finding(ref, target, kind, { keys: [keyText(key)], urls: key.url ? [key.url] : [] })];
  });
}

/** Addresses that have come to say nothing, or to say something again, by the change. */
function contestedKeys({ neighbourhood: { touched } }: Identification, at: string): SQL[] {
  const addresses = [...touched].filter(([key]) => !key.startsWith('name/'));
  const contested = addresses.flatMap(([key, { isContested }]) => (isContested ? [key] : []));
  const clear = addresses.flatMap(([key, { isContested }]) => (isContested ? [] : [key]));
  const kind: ConflictKind = 'shared_url';
  return [
    ...(contested.length === 0
      ? []
      : [
          sql`INSERT OR IGNORE INTO conflicts (first, second, kind, evidence, found_at)
            SELECT value, '', ${kind}, json_object('keys', json_array(value)), ${at} FROM ${rowsOf(contested)}`,
        ]),
    sql`DELETE FROM conflicts WHERE second = '' AND first IN (SELECT value FROM ${rowsOf(clear)})`,
  ];
}
