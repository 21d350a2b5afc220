import { isNameIn } from '@trainer/contract/names';
import { type Review, reviewKinds, reviewSchema } from '@trainer/contract/reviews';
import { isoTimeOrNull } from '../http/iso-time.ts';
import type { ReviewRow } from './store.ts';

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
