import { limits } from '@trainer/shared/limits';
import type { reviewReportSchema } from '@trainer/shared/reviews';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { leaseLost, requireLease } from '../leases/require-lease.ts';
import { storeReport } from './store.ts';

/**
 * Takes one batch of what a runner found; each review once, however often it comes.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, or `impossible_report` when a task says that it knows all while others of
 *   its run may still find more.
 */
export async function reportReviews(
  deps: Pick<Deps, 'db' | 'clock'>,
  taskId: string,
  report: z.output<typeof reviewReportSchema>,
): Promise<void> {
  const { task } = await requireLease(deps, taskId, report.fence);
  if (report.is_complete && task.kind !== 'publish') {
    throw new ProblemError(
      'impossible_report',
      `Task ${taskId} says that its reviews are complete, but it is an ${task.kind}, and others of its run may find more: ` +
        'say so under the publish task.',
    );
  }
  const now = deps.clock.now();
  const forgetBefore = now - limits.closedReviewsKeptMs;
  const then = await storeReport(deps.db, { ...report, taskId, now, forgetBefore });
  const wasHeld =
    then?.status === 'leased' && then.fence === report.fence && (then.leaseExpiresAt ?? 0) > now;
  if (!wasHeld) throw leaseLost(then ?? task, report.fence);
}
