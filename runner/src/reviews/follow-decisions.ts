import type { Call } from '@trainer/contract/client';
import { isNameIn } from '@trainer/contract/names';
import { type Decision, decisions, type Review } from '@trainer/contract/reviews';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { Task } from '../lease/task.ts';
import { adoptDecisions } from '../reconcile/adopt-decisions.ts';
import { applyDecisions } from '../reconcile/apply-decisions.ts';
import { batches, type ReviewDeps, report } from './report-reviews.ts';

/** As many as the contract gives or takes at once. */
const PAGE = 200;

export interface FollowDeps extends ReviewDeps {
  catalog: CatalogWriter;
}

/**
 * Brings the catalog to the decisions that are in force now: new and changed ones are applied, and one that is no longer among
 * them was taken back. Says then which are new, and which are about somebody whom the catalog does not know any more.
 * Repeated, it changes nothing.
 */
export async function followDecisions(
  task: Pick<Task, 'lease' | 'signal' | 'log'>,
  { catalog, session }: FollowDeps,
): Promise<void> {
  const decided = await listDecided(catalog.id, session, task.signal);
  const inForce = decided.map(({ key, decision, actor }) => ({ key, decision, actor }));
  const unknown = new Set(await adoptDecisions(catalog, inForce));
  await applyDecisions(catalog, task.signal);
  const forgotten = decided.filter(({ key }) => unknown.has(key)).map(({ id }) => id);
  const applied = decided
    .filter(({ key, applied_run_id }) => applied_run_id === null && !unknown.has(key))
    .map(({ id, decision }) => ({ id, decision }));
  const size = { most: PAGE, maxBytes: Number.POSITIVE_INFINITY };
  for (const each of batches(applied, size)) await report(task, session, { reviews: [], applied: each });
  for (const each of batches(forgotten, size)) await report(task, session, { reviews: [], forgotten: each });
  if (applied.length > 0)
    task.log.info('The catalog follows what was decided', { decisions: applied.length });
}

type Decided = Pick<Review, 'id' | 'key'> & NonNullable<Review['decision']> & { decision: Decision };

/** A decision of a later release that this runner does not know is left alone: it stays to be applied. */
async function listDecided(catalog: string, session: Call, signal: AbortSignal): Promise<Decided[]> {
  const all: Review[] = [];
  for (;;) {
    const before = all.at(-1)?.id;
    const query = { status: 'decided', catalog, limit: PAGE, before } as const;
    const page = await session('GET /api/reviews', { query, signal });
    all.push(...page);
    if (page.length < PAGE) break;
  }
  return all.flatMap(({ id, key, decision: made }) => {
    if (!made || !isNameIn(decisions, made.decision)) return [];
    return [{ id, key, ...made, decision: made.decision }];
  });
}
