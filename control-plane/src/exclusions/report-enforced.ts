import type { EnforcedExclusions } from '@trainer/contract/exclusions';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { holderExists, requireLease } from '../leases/require-lease.ts';
import { replaceReport, unknownIds } from './store.ts';

/**
 * Stores which exclusions the version of a publish task enforces; a later report replaces it.
 *
 * @throws {ProblemError} `not_found`, `lease_lost` or `impossible_report`
 */
export async function reportEnforced(
  deps: Pick<Deps, 'db' | 'clock'>,
  taskId: string,
  { fence, enforced }: EnforcedExclusions,
): Promise<void> {
  const { db, clock } = deps;
  const { task } = await requireLease(deps, taskId, fence);
  if (task.kind !== 'publish') {
    throw impossible(`Task ${taskId} makes no version (it is an ${task.kind}).`);
  }
  const unknown = await unknownIds(
    db,
    enforced.map(({ id }) => id),
  );
  if (unknown.length > 0) {
    throw impossible(`There is no exclusion ${unknown.join(', ')}: read GET /api/exclusions again.`);
  }
  await replaceReport(db, taskId, enforced, holderExists(db, taskId, fence, clock.now()));
}

function impossible(detail: string): ProblemError {
  return new ProblemError('impossible_report', detail);
}
