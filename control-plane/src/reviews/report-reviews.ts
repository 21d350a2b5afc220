import { limits } from '@trainer/contract/limits';
import type { RefusedReview, receivedReportSchema } from '@trainer/contract/reviews';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { leaseLost, requireLease } from '../leases/require-lease.ts';
import { storeReport } from './store.ts';

/** As many are named in the log; a batch that is wrong as a whole would fill it. */
const MAX_NAMED = 20;

/**
 * Takes one batch of what a runner found; each review once, however often it comes. A review with a wrong figure is left out and
 * named in the run's log; what was open under its key stays open.
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
      `Task ${taskId} says that its reviews are complete, but it is an ${task.kind}, and others of its run may find more: ` +
        'say so under the publish task.',
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
