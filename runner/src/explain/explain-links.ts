import type { Attempt, Explanation } from '@trainer/contract/questions';
import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { pageOf, universalId } from '../identity/describe-performers.ts';
import { conflictKinds, linkRules } from '../identity/judge-pair.ts';
import { splitRef } from '../identity/neighbourhood.ts';
import type { Evidence } from '../identity/review.ts';

type ExplainedLink = Explanation['performers'][number]['links'][number];

interface Finding {
  first: string;
  second: string;
  what: string;
  evidence: string;
  at: string;
}

const GLOSSES: { [rule: string]: string } = { ...linkRules, ...conflictKinds };
const LINKS_MAX = 200;

/** Why the records are one performer, and which pages of other sources count as the performer's. */
export async function explainLinks(
  database: CatalogDatabase,
  performerId: number,
  refs: string[],
): Promise<ExplainedLink[]> {
  const found = await findings(database, refs, sql`links`, sql`rule`, sql`linked_at`);
  const links = found
    .filter(({ first, second }) => refs.includes(first) && refs.includes(second))
    .map(({ first, second, what, evidence, at }) => {
      const [main, other] = second === refs[0] ? [second, first] : [first, second];
      const { endpoint, remoteId } = splitRef(other);
      const names = main === refs[0] ? '' : ` (with ${nameOf(database, main)})`;
      const { keys = [] }: Evidence = JSON.parse(evidence);
      const shared = keys.length === 0 ? '' : `: ${keys.join(', ')}`;
      const rule = `${GLOSSES[what] ?? what}${names}${shared}`;
      return {
        to: universalId(database, endpoint, remoteId),
        source: endpoint,
        url: pageOf(database.sources, endpoint, remoteId),
        rule,
        at,
      };
    });
  return [...links, ...(await pages(database, performerId))].slice(0, LINKS_MAX);
}

/** What links the records to others, and was not followed. */
export async function explainOpenLinks(database: CatalogDatabase, refs: string[]): Promise<Attempt[]> {
  const found = await findings(database, refs, sql`conflicts`, sql`kind`, sql`found_at`);
  return found
    .filter(({ first, second }) => !(refs.includes(first) && refs.includes(second)))
    .map(({ first, second, what, evidence, at }) => {
      const other = refs.includes(first) ? second : first;
      const { urls = [] }: Evidence = JSON.parse(evidence);
      const url = urls.find((each) => /^https?:/i.test(each)) ?? null;
      const why_not = GLOSSES[what] ?? what;
      return {
        source: splitRef(other).endpoint,
        what: `being one with ${nameOf(database, other)}`,
        why_not,
        url,
        at,
      };
    });
}

function nameOf(database: CatalogDatabase, ref: string): string {
  const { endpoint, remoteId } = splitRef(ref);
  return universalId(database, endpoint, remoteId);
}

function findings(
  { db }: CatalogDatabase,
  refs: string[],
  table: SQL,
  what: SQL,
  at: SQL,
): Promise<Finding[]> {
  const columns = sql`SELECT first, second, ${what} AS what, evidence, ${at} AS at FROM ${table}`;
  const wanted = rowsOf(refs);
  return db.all<Finding>(sql`${columns} WHERE first IN (SELECT value FROM ${wanted}) AND second <> ''
    UNION ${columns} WHERE second IN (SELECT value FROM ${wanted}) ORDER BY first, second`);
}

async function pages({ db }: CatalogDatabase, performerId: number): Promise<ExplainedLink[]> {
  const rows = await db.all<{ source: string; mode: string; url: string; at: string }>(sql`
    SELECT DISTINCT source, mode, page_url AS url, looked_up_at AS at FROM look_ups
    WHERE performer_id = ${performerId} AND page_url IS NOT NULL ORDER BY source, mode`);
  return rows.map(({ source, mode, url, at }) => ({
    to: url,
    source,
    url: /^https?:/i.test(url) ? url : null,
    rule: mode === 'url' ? 'a stash-box gives the address of this page' : 'found there by name',
    at,
  }));
}
