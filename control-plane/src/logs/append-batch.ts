import type { logBatchSchema } from '@trainer/contract/logs';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { leaseLost } from '../leases/require-lease.ts';
import { appendLines } from './store.ts';

type LogBatch = z.output<typeof logBatchSchema>;

/**
 * Stores a runner's lines, each once even if repeated. Returns the sequence number of the next line.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, or `impossible_report` when lines are missing in between.
 */
export async function appendBatch(
  deps: Pick<Deps, 'db' | 'clock' | 'notifier'>,
  taskId: string,
  { fence, lines }: LogBatch,
): Promise<number> {
  const first = lines[0]?.seq ?? 1;
  const skipped = lines.findIndex(({ seq }, index) => seq !== first + index);
  if (skipped > 0) throw gap(taskId, lines[skipped]?.seq, first + skipped);
  const now = deps.clock.now();
  const task = await appendLines(deps.db, { taskId, fence, lines, now });
  if (!task) throw new ProblemError('not_found', `There is no task ${taskId}.`);
  const isHeld = task.status === 'leased' && task.fence === fence && (task.leaseExpiresAt ?? 0) > now;
  if (!isHeld) throw leaseLost(task, fence);
  if (task.nextLogSeq < first) throw gap(taskId, first, task.nextLogSeq);
  await deps.notifier.notify('logs');
  return task.nextLogSeq;
}

function gap(taskId: string, came: number | undefined, expected: number): ProblemError {
  return new ProblemError(
    'impossible_report',
    `Line ${came} of task ${taskId} came where ${expected} was expected: send the lines from ${expected} on, none left out.`,
  );
}
