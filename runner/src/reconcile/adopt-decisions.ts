import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { type CatalogWriter, change } from '../catalog/writer.ts';
import type { KeptDecision, ReviewKind } from '../identity/review.ts';
import { IMPORTED } from './imported-links.ts';

interface Subject {
  kind: ReviewKind;
  first: string;
  second: string;
}

/**
 * Makes the catalog's decisions these, beside those that came with an imported release: what is not among them was taken back. `applyDecisions` then brings the
 * catalog to them. A decision stays when its review is gone.
 * @returns keys that the catalog knows nothing of
 */
export async function adoptDecisions(
  database: CatalogWriter,
  inForce: readonly KeptDecision[],
): Promise<string[]> {
  let unknown: string[] = [];
  await change(database, async () => {
    const held = await heldDecisions(database);
    const news = inForce.filter(({ key, decision }) => held.get(key) !== decision);
    const subjects = await Promise.all(news.map(({ key }) => subjectOf(database, key)));
    const at = database.now().toISOString();
    unknown = news.flatMap(({ key }, i) => (subjects[i] ? [] : [key]));
    return [...news.flatMap((each, i) => keep(each, subjects[i] ?? null, at)), ...takeBack(held, inForce)];
  });
  return unknown;
}

async function heldDecisions({ db }: CatalogDatabase): Promise<Map<string, string | null>> {
  const rows = await db.all<{ key: string; decision: string | null }>(
    sql`SELECT key, decision FROM decisions WHERE actor NOT LIKE ${`${IMPORTED}%`}`,
  );
  return new Map(rows.map(({ key, decision }) => [key, decision]));
}

function keep({ key, decision, actor }: KeptDecision, subject: Subject | null, at: string): SQL[] {
  if (subject === null) return [];
  const { kind, first, second } = subject;
  return [
    sql`INSERT INTO decisions (key, kind, first, second, decision, actor, decided_at)
      VALUES (${key}, ${kind}, ${first}, ${second}, ${decision}, ${actor}, ${at})
      ON CONFLICT (key) DO UPDATE SET decision = excluded.decision, actor = excluded.actor,
        decided_at = excluded.decided_at`,
  ];
}

function takeBack(held: ReadonlyMap<string, string | null>, inForce: readonly KeptDecision[]): SQL[] {
  const kept = new Set(inForce.map(({ key }) => key));
  const gone = [...held].flatMap(([key, decision]) => (decision === null || kept.has(key) ? [] : [key]));
  if (gone.length === 0) return [];
  return [sql`UPDATE decisions SET decision = NULL WHERE key IN (SELECT value FROM ${rowsOf(gone)})`];
}

async function subjectOf({ db }: CatalogDatabase, key: string): Promise<Subject | null> {
  const rows = await db.all<Subject>(sql`
    SELECT kind, first, second FROM decisions WHERE key = ${key}
    UNION ALL SELECT kind, first, second FROM reviews WHERE key = ${key}`);
  if (rows[0]) return rows[0];
  const pair = /^duplicate (\S.*) (\S.*)$/.exec(key);
  const [first = '', second = ''] = pair?.slice(1) ?? [];
  const conflicts = await db.all(sql`SELECT 1 FROM conflicts WHERE first = ${first} AND second = ${second}`);
  return conflicts.length > 0 && second !== '' ? { kind: 'duplicate', first, second } : null;
}
