import type { Decision } from '@trainer/shared/reviews';
import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf, write } from '../../catalog/database.ts';
import type { KeptDecision, ReviewKind } from './review.ts';

interface Subject {
  kind: ReviewKind;
  first: string;
  second: string;
}

/**
 * Remembers a decision; `applyDecisions` brings the catalog to it. It stays when its review is gone.
 * @returns false when the catalog knows no such review or decision
 */
export async function decideReview(
  database: CatalogDatabase,
  key: string,
  decision: Decision,
  actor: string,
): Promise<boolean> {
  const subject = await subjectOf(database, key);
  if (subject) await write(database, [keep({ key, decision, actor }, subject, database.now().toISOString())]);
  return subject !== null;
}

/** Takes a decision back. @returns false when there was none */
export async function undoReview(database: CatalogDatabase, key: string): Promise<boolean> {
  const [result] = await write(database, [
    sql`UPDATE decisions SET decision = NULL WHERE key = ${key} AND decision IS NOT NULL`,
  ]);
  return (result?.rowsAffected ?? 0) > 0;
}

/**
 * Makes the catalog's decisions these and no others, as when somebody else keeps them: what is not among them was taken back.
 * @returns keys that the catalog knows nothing of
 */
export async function adoptDecisions(
  database: CatalogDatabase,
  inForce: readonly KeptDecision[],
): Promise<string[]> {
  const unknown: string[] = [];
  for (const { key, decision, actor } of inForce) {
    if (!(await decideReview(database, key, decision, actor))) unknown.push(key);
  }
  await write(database, [
    sql`UPDATE decisions SET decision = NULL WHERE key NOT IN (
      SELECT value FROM ${rowsOf(inForce.map(({ key }) => key))})`,
  ]);
  return unknown;
}

function keep({ key, decision, actor }: KeptDecision, { kind, first, second }: Subject, at: string): SQL {
  return sql`INSERT INTO decisions (key, kind, first, second, decision, actor, decided_at)
    VALUES (${key}, ${kind}, ${first}, ${second}, ${decision}, ${actor}, ${at})
    ON CONFLICT (key) DO UPDATE SET decision = excluded.decision, actor = excluded.actor,
      decided_at = excluded.decided_at WHERE decision IS NOT excluded.decision`;
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
