import type { Site } from '../http/app-env.ts';
import { mount } from '../http/mount.ts';
import { requireOwnLease } from '../leases/require-lease.ts';
import { decideReview, undoDecision } from './decide-review.ts';
import { reportReviews } from './report-reviews.ts';
import { listReviews } from './store.ts';
import { toView } from './views.ts';

export function mountReviews(site: Site): void {
  const { deps } = site;

  mount(site, 'PUT /api/leases/{task}/reviews', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    await reportReviews(deps, params.task, body);
  });

  mount(site, 'GET /api/reviews', async ({ query }) => (await listReviews(deps.db, query)).map(toView));

  mount(site, 'PUT /api/reviews/{id}/decision', async ({ params, body, caller }) =>
    toView(await decideReview(deps, params.id, body.decision, caller.name)),
  );

  mount(site, 'DELETE /api/reviews/{id}/decision', async ({ params, caller }) =>
    toView(await undoDecision(deps, params.id, caller.name)),
  );
}
