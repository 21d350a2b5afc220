import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../../src/catalog/database.ts';
import { pairOf, type TruePairs } from './true-pairs.ts';
import type { World } from './world.ts';

export interface Score {
  records: number;
  performers: number;
  /** Pairs that the catalog takes for one performer. */
  found: number;
  wrong: string[];
  missed: string[];
  precision: number;
  /** Of the true pairs that share evidence. */
  recall: number;
  /** Of all true pairs, also those that nothing connects. */
  recallOfAll: number;
}

/** Holds the catalog's performers against who people really are. */
export async function scoreCatalog(
  { db }: CatalogDatabase,
  { truth }: World,
  pairs: TruePairs,
): Promise<Score> {
  const rows = await db.all<{ ref: string; performer: number }>(sql`
    SELECT endpoint || ':' || remote_id AS ref, performer_id AS performer FROM performer_records
    WHERE deleted = 0 ORDER BY id`);
  const groups = Map.groupBy(rows, ({ performer }) => performer);
  const found = new Set<string>();
  const wrong: string[] = [];
  for (const group of groups.values()) {
    for (const [i, { ref }] of group.entries()) {
      for (const { ref: other } of group.slice(i + 1)) {
        found.add(pairOf(ref, other));
        if (truth.get(ref) !== truth.get(other)) wrong.push(pairOf(ref, other));
      }
    }
  }
  const missed = [...pairs.withEvidence].filter((pair) => !found.has(pair));
  const reached = [...pairs.all].filter((pair) => found.has(pair)).length;
  return {
    records: rows.length,
    performers: groups.size,
    found: found.size,
    wrong,
    missed,
    precision: found.size === 0 ? 1 : 1 - wrong.length / found.size,
    recall: 1 - missed.length / pairs.withEvidence.size,
    recallOfAll: reached / pairs.all.size,
  };
}

/** The performers as sets of records, in a form that does not depend on order or ids. */
export async function describePartition({ db }: CatalogDatabase): Promise<string[]> {
  const rows = await db.all<{ refs: string }>(sql`
    SELECT group_concat(ref, ' ') AS refs FROM (SELECT endpoint || ':' || remote_id AS ref, performer_id AS performer
      FROM performer_records WHERE deleted = 0 ORDER BY ref) GROUP BY performer ORDER BY refs`);
  return rows.map(({ refs }) => refs);
}
