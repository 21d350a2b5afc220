import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import { contradictionOf } from '../identity/compare-records.ts';
import { bestSimilarity } from '../identity/name-similarity.ts';
import { readNodes } from '../identity/read-nodes.ts';
import type { RecordNode } from '../identity/record-node.ts';
import { duplicateKey, type Evidence, type ReviewRule } from '../identity/review.ts';

/** Similar enough to be looked at where country and birth date are equal. */
const SIMILAR_NAME = 0.7;
/** A name that more records have than this says nothing by itself. */
const BEARERS_MAX = 12;
const PERFORMERS_PER_PAGE = 1_000;

interface Suspicion {
  rule: ReviewRule;
  /** Pairs of records of performers in a range of ids, one for every two performers. */
  pairs: (from: number, to: number) => SQL;
  isSuspicious: (one: RecordNode, other: RecordNode) => boolean;
}

const SUSPICIONS: Suspicion[] = [
  { rule: 'same_name', pairs: sameNames, isSuspicious: () => true },
  {
    rule: 'similar_name',
    pairs: sameBirth,
    isSuspicious: (one, other) => bestSimilarity(one.names, other.names) > SIMILAR_NAME,
  },
];

/**
 * Makes the suspicions that rest on names what they are now: performers of different stash-boxes with the same name, and
 * those with similar names, the same country and the same birth date. Goes through the performers in portions, by indexes.
 * @returns how many there are
 */
export async function suspectNames(database: CatalogWriter, signal?: AbortSignal): Promise<number> {
  const sweep = database.now().toISOString();
  const { last } = await database.db.get<{ last: number }>(
    sql`SELECT coalesce(max(id), 0) AS last FROM performers`,
  );
  let count = 0;
  for (let from = 0; from <= last; from += PERFORMERS_PER_PAGE) {
    for (const suspicion of SUSPICIONS) {
      signal?.throwIfAborted();
      count += await suspect(database, suspicion, from, sweep);
    }
  }
  await write(database, [
    sql`DELETE FROM reviews WHERE rule IN (SELECT value FROM ${rowsOf(SUSPICIONS.map(({ rule }) => rule))})
      AND sweep IS NOT ${sweep}`,
  ]);
  return count;
}

async function suspect(
  database: CatalogWriter,
  { rule, pairs: pairsIn, isSuspicious }: Suspicion,
  from: number,
  sweep: string,
): Promise<number> {
  const pairs = await database.db.all<{ one: number; other: number }>(
    pairsIn(from, from + PERFORMERS_PER_PAGE),
  );
  const ids = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))];
  const nodes = new Map((await readNodes(database, ids)).map((node) => [node.recordId, node]));
  const rows = pairs.flatMap((pair) => {
    const [one, other] = [nodes.get(pair.one), nodes.get(pair.other)];
    if (!one || !other || contradictionOf(one, other) || !isSuspicious(one, other)) return [];
    const [first, second] = one.ref < other.ref ? [one, other] : [other, one];
    const evidence: Evidence = { names: [first.name, second.name] };
    return [{ key: duplicateKey(first.ref, second.ref), first: first.ref, second: second.ref, evidence }];
  });
  if (rows.length > 0) await write(database, [keep(rule, rows, sweep)]);
  return rows.length;
}

/** A suspicion that is there already by a stronger rule stays as it is. */
function keep(rule: ReviewRule, rows: unknown[], sweep: string): SQL {
  return sql`INSERT INTO reviews (key, kind, rule, first, second, evidence, found_at, sweep)
    SELECT value->>'key', 'duplicate', ${rule}, value->>'first', value->>'second', value->>'evidence', ${sweep}, ${sweep}
    FROM ${rowsOf(rows)} WHERE true
    ON CONFLICT (key) DO UPDATE SET evidence = excluded.evidence, sweep = excluded.sweep
      WHERE rule = excluded.rule`;
}

/** Two performers that no stash-box has both of: otherwise it is for that stash-box to say. */
const areSeparate = sql`b.performer_id <> a.performer_id AND a.deleted = 0 AND b.deleted = 0 AND NOT EXISTS (
  SELECT 1 FROM performer_records AS x JOIN performer_records AS y ON y.endpoint = x.endpoint AND y.deleted = 0
  WHERE x.performer_id = a.performer_id AND x.deleted = 0 AND y.performer_id = b.performer_id)`;

function sameNames(from: number, to: number): SQL {
  return sql`SELECT min(a.id) AS one, min(b.id) AS other FROM performer_records AS a
    CROSS JOIN record_names AS mine ON mine.record_id = a.id AND (mine.is_main = 1 OR instr(mine.name, ' ') > 0)
    CROSS JOIN record_names AS theirs ON theirs.name = mine.name AND (mine.is_main = 1 OR theirs.is_main = 1)
    CROSS JOIN performer_records AS b ON b.id = theirs.record_id
    WHERE a.performer_id > ${from} AND a.performer_id <= ${to} AND b.performer_id > a.performer_id AND ${areSeparate}
      AND (SELECT count(*) FROM (SELECT 1 FROM record_names WHERE name = mine.name LIMIT ${BEARERS_MAX + 1}))
        <= ${BEARERS_MAX}
    GROUP BY a.performer_id, b.performer_id`;
}

function sameBirth(from: number, to: number): SQL {
  return sql`SELECT min(a.id) AS one, min(b.id) AS other FROM performer_records AS a
    CROSS JOIN performer_records AS b
      ON b.birth_date = a.birth_date AND length(b.birth_date) = 10 AND upper(b.country) = upper(a.country)
    WHERE a.performer_id > ${from} AND a.performer_id <= ${to} AND b.performer_id > a.performer_id
      AND length(a.birth_date) = 10 AND a.birth_date NOT LIKE '%-01-01' AND ${areSeparate}
    GROUP BY a.performer_id, b.performer_id`;
}
