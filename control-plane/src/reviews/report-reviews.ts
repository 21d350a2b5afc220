import { limits } from '@trainer/contract/limits';
import type { RefusedReview, receivedReportSchema } from '@trainer/contract/reviews';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { leaseLost, requireLease } from '../leases/require-lease.ts';
import { storeReport } from './store.ts';

/** At most this many are named in the log, so that an entirely invalid batch does not fill it. */
const MAX_NAMED = 20;

/**
 * Stores one batch of reviews, each once even if repeated. An invalid review is skipped and named in the run's log; an open review
 * with its key stays open.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, or `impossible_report` when a task says that it knows all while others of
 *   its run may still find more.
 */
export async function reportReviews(
  deps: Pick<Deps, 'db' | 'clock' | 'record'>,
  taskId: string,
  report: z.output<typeof receivedReportSchema>,
): Promise<void> {
  const { task, run } = await requireLease(deps, taskId, report.fence);
  if (report.is_complete && task.kind !== 'publish') {
    throw new ProblemError(
      'impossible_report',
      `Task ${taskId} reports its reviews as complete, but it is an ${task.kind} task, and other tasks of the run may find more: ` +
        'report this with the publish task.',
    );
  }
  const now = deps.clock.now();
  const forgetBefore = now - limits.closedReviewsKeptMs;
  const reviews = report.reviews.flatMap((each) => ('refused' in each ? [] : [each]));
  const refused = report.reviews.flatMap((each) => ('refused' in each ? [each] : []));
  const unreadable = refused.map(({ key }) => key);
  const then = await storeReport(deps.db, { ...report, reviews, unreadable, taskId, now, forgetBefore });
  const wasHeld =
    then?.status === 'leased' && then.fence === report.fence && (then.leaseExpiresAt ?? 0) > now;
  if (!wasHeld) throw leaseLost(then ?? task, report.fence);
  if (refused.length === 0) return;
  const about = { runId: run.id, taskId, source: task.source };
  await deps.record({ ...about, level: 'warn', message: describeRefused(refused), fields: {} });
}

function describeRefused(refused: readonly RefusedReview[]): string {
  const named = refused
    .slice(0, MAX_NAMED)
    .map(({ key, refused: why }) => `${key || 'without a key'} (${why})`);
  const more = refused.length > MAX_NAMED ? ` and ${refused.length - MAX_NAMED} more` : '';
  return `${refused.length} of the reported reviews cannot be taken: ${named.join(', ')}${more}. The others are stored.`;
}
