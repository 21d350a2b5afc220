import type { Decision, FoundReview } from '@trainer/contract/reviews';
import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { clampDistance } from '../faces/unit-vector.ts';
import { describePerformers, type PerformerDescription } from '../identity/describe-performers.ts';
import { conflictKinds } from '../identity/judge-pair.ts';
import { type Evidence, reviewRules } from '../identity/review.ts';

/** A review as it is reported, and what was decided about it in this catalog. */
export interface ListedReview extends FoundReview {
  decision: Decision | null;
}

interface Row {
  key: string;
  kind: FoundReview['kind'];
  rule: string;
  first: string;
  second: string;
  distance: number | null;
  evidence: string;
  foundAt: string;
  decision: Decision | null;
}

const GLOSSES: { [rule: string]: string } = { ...conflictKinds, ...reviewRules };
/** Links that stand, and those to somebody who is gone: recorded, and nothing to decide. */
const SETTLED = ['merged_link', 'deleted_link'];

/**
 * What waits for somebody to look at it, and what was decided about it, by key; `after` goes on behind a key. Only what still
 * concerns two performers (or a face that is held back) is listed.
 */
export async function listReviews(
  database: CatalogDatabase,
  { after = '', limit }: { after?: string; limit: number },
): Promise<ListedReview[]> {
  const rows = await database.db.all<Row>(sql`
    SELECT found.*, decisions.decision FROM (
      SELECT key, CASE kind WHEN 'face' THEN 'doubtful_face' ELSE kind END AS kind, rule, first, second, distance,
        evidence, found_at AS foundAt FROM reviews
      UNION ALL SELECT 'duplicate ' || first || ' ' || second, 'conflict', kind, first, second, NULL, evidence, found_at
        FROM conflicts WHERE second <> '' AND kind NOT IN (SELECT value FROM json_each(${JSON.stringify(SETTLED)}))
    ) AS found LEFT JOIN decisions USING (key)
    WHERE found.key > ${after} GROUP BY found.key ORDER BY found.key LIMIT ${limit}`);
  const concerned = await describePerformers(
    database,
    rows.flatMap(({ first, second }) => [first, second]),
  );
  return rows.map((row) => describe(row, concerned));
}

function describe(row: Row, concerned: Map<string, PerformerDescription>): ListedReview {
  const { key, kind, rule, distance, foundAt, decision } = row;
  const performers = [concerned.get(row.first), concerned.get(row.second)].filter(
    (each) => each !== undefined,
  );
  const evidence: Evidence = JSON.parse(row.evidence);
  const names = performers.map(({ name }) => name).join(' and ');
  const gloss = GLOSSES[rule] ?? rule;
  return {
    key,
    kind,
    summary: `${names}: ${gloss}`.slice(0, 300),
    performers: performers.map(({ name, ids, pages }) => ({ name, ids, pages })),
    evidence: [{ label: 'rule', value: gloss }, ...lines(evidence)],
    // Catalogs of earlier programs hold distances of -2.4e-7.
    distance: distance === null ? null : clampDistance(distance),
    found_at: foundAt,
    decision,
  };
}

/** Evidence in words, a line each. */
function lines(evidence: Evidence): FoundReview['evidence'] {
  const {
    urls = [],
    names,
    birth,
    country,
    source,
    imageUrl,
    pageUrl,
    ownDistance,
    otherDistance,
  } = evidence;
  const web = (url: string | null | undefined) => (url && /^https?:/i.test(url) ? url : null);
  return [
    ...urls.map((url) => ({ label: 'shared address', value: url, url: web(url) })),
    ...(names ? [{ label: 'names', value: names.join(', ') }] : []),
    ...(birth && birth !== 'unknown' ? [{ label: 'birth dates', value: birth.replace('_', ' ') }] : []),
    ...(country && country !== 'unknown' ? [{ label: 'countries', value: country }] : []),
    ...(source ? [{ label: 'face from', value: source, url: web(pageUrl ?? imageUrl) }] : []),
    ...(ownDistance === undefined
      ? []
      : [{ label: 'distance to its own performer', value: clampDistance(ownDistance).toFixed(3) }]),
    ...(otherDistance === undefined
      ? []
      : [{ label: 'distance to the other performer', value: clampDistance(otherDistance).toFixed(3) }]),
  ];
}
