import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { type CatalogWriter, change } from '../catalog/writer.ts';
import { settle } from '../commit/remove-performer.ts';
import { identifyAgain } from '../identity/identify.ts';
import { splitRef } from '../identity/neighbourhood.ts';
import { placeFace } from './place-face.ts';

interface Kept {
  key: string;
  kind: 'duplicate' | 'face';
  first: string;
  second: string;
  decision: 'same' | 'different' | 'drop' | null;
  applied: string | null;
}

/**
 * Brings the catalog to every decision that it has not been brought to, those taken back included. Decisions about faces are
 * carried out each time: the same image may have been judged anew meanwhile.
 * @returns the keys of those that were not carried out before
 */
export async function applyDecisions(database: CatalogWriter, signal?: AbortSignal): Promise<string[]> {
  const kept = await database.db.all<Kept>(sql`
    SELECT key, kind, first, second, decision, applied FROM decisions
    WHERE kind = 'face' OR decision IS NOT applied OR decision IS NULL ORDER BY decided_at, key`);
  for (const each of kept) {
    signal?.throwIfAborted();
    await change(database, async () => [
      ...(each.kind === 'duplicate' ? await replace(database, each) : await placeFace(database, each)),
      settleDecision(each),
    ]);
  }
  return kept
    .filter(({ decision, applied }) => decision === null || decision !== applied)
    .map(({ key }) => key);
}

/** One of the two is looked at anew; the other one is in its neighbourhood, now or until now. */
async function replace(database: CatalogDatabase, { first, second }: Kept): Promise<SQL[]> {
  for (const ref of [first, second]) {
    const { endpoint, remoteId } = splitRef(ref);
    const rows = await database.db.all<{ id: number }>(sql`SELECT id FROM performer_records
      WHERE endpoint = ${endpoint} AND remote_id = ${remoteId} AND deleted = 0`);
    const [row] = rows;
    if (row) return settle(database, await identifyAgain(database, row.id));
  }
  return [];
}

function settleDecision({ key, decision }: Kept): SQL {
  if (decision === null) return sql`DELETE FROM decisions WHERE key = ${key} AND decision IS NULL`;
  return sql`UPDATE decisions SET applied = ${decision} WHERE key = ${key} AND decision = ${decision}`;
}
