import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { refOf } from '../identity/record-node.ts';
import { duplicateKey } from '../identity/review.ts';

/** Who made a decision that came with an imported release. The control plane knows nothing of it and cannot take it back. */
export const IMPORTED = 'import of version ';

/**
 * Statements that keep, as decisions, that these records are one performer: a release does not say by which evidence it joined
 * them. What a person has decided or decides later about the same two records counts instead.
 */
export function keepLinks(
  records: readonly Pick<PerformerRecord, 'endpoint' | 'remoteId'>[],
  version: string,
  at: string,
): SQL[] {
  const [main, ...others] = records.map(({ endpoint, remoteId }) => refOf(endpoint, remoteId));
  if (main === undefined || others.length === 0) return [];
  const rows = others.map((other) => {
    const [first, second] = main < other ? [main, other] : [other, main];
    return { key: duplicateKey(main, other), first, second };
  });
  return [
    sql`INSERT OR IGNORE INTO decisions (key, kind, first, second, decision, actor, decided_at, applied)
      SELECT value->>'key', 'duplicate', value->>'first', value->>'second', 'same', ${IMPORTED + version}, ${at}, 'same'
      FROM ${rowsOf(rows)}`,
  ];
}
