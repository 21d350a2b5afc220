import { isNameIn } from '@trainer/contract/names';
import { type Review, reviewKinds, reviewSchema } from '@trainer/contract/reviews';
import type { AppContext } from '../context/app-context.ts';
import { isoTimeOrNull } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { requireOwnLease } from '../leases/require-lease.ts';
import { decideReview, undoDecision } from './decide-review.ts';
import { reportReviews } from './report-reviews.ts';
import { listReviews, type ReviewRow } from './store.ts';

export function mountReviews(appContext: AppContext): void {
  const { deps } = appContext;

  mount(appContext, 'PUT /api/leases/{task}/reviews', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    await reportReviews(deps, params.task, body);
  });

  mount(appContext, 'GET /api/reviews', async ({ query }) => (await listReviews(deps.db, query)).map(toView));

  mount(appContext, 'PUT /api/reviews/{id}/decision', async ({ params, body, caller }) =>
    toView(await decideReview(deps, params.id, body.decision, caller.name)),
  );

  mount(appContext, 'DELETE /api/reviews/{id}/decision', async ({ params, caller }) =>
    toView(await undoDecision(deps, params.id, caller.name)),
  );
}

/** A review as the API gives it. */
export function toView(row: ReviewRow): Review {
  return reviewSchema.parse({
    ...JSON.parse(row.found),
    id: row.id,
    status: row.status,
    choices: isNameIn(reviewKinds, row.kind) ? reviewKinds[row.kind].decisions : [],
    catalog_id: row.catalogId,
    run_id: row.runId,
    closed_at: isoTimeOrNull(row.closedAt),
    decision: row.decision && {
      decision: row.decision,
      actor: row.decidedBy,
      at: isoTimeOrNull(row.decidedAt),
      applied_run_id: row.appliedRunId,
    },
  });
}
