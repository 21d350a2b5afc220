import type { Lease } from '@trainer/shared/leases';
import { taskKinds } from '@trainer/shared/runs';
import { type SQL, sql } from 'drizzle-orm';

/** What of a lease the catalog goes by. */
export type TaskLease = Pick<Lease, 'task_id' | 'run_id' | 'run_created_at' | 'kind' | 'fence'>;

/** A lease that was lost: somebody else has the task, or its run went on without it. Nothing was written. */
export class CatalogFenced extends Error {
  override readonly name = 'CatalogFenced';

  constructor({ task_id, fence }: TaskLease, cause?: unknown) {
    const what = `the catalog takes nothing more of ${task_id} under fencing number ${fence}`;
    super(`${what}: another runner has the task, or its run went on without it`, { cause });
  }
}

/** The catalog's name of a run, for good: see `run_created_at`. */
export function runKey({ run_id, run_created_at = '' }: Pick<Lease, 'run_id' | 'run_created_at'>): string {
  return `${run_id}@${run_created_at}`;
}

/**
 * The statement that every transaction of a task begins with. It fails, and the transaction with it, when the catalog has seen
 * a newer lease of the task, or a later stage of its run: the control plane gives up a task for which nobody is left, and
 * then there is no newer lease.
 */
export function holdFences(lease: TaskLease): SQL {
  const run = runKey(lease);
  return sql`INSERT INTO fences (name, number)
    VALUES (${`task ${lease.task_id} ${run}`}, ${lease.fence}), (${`stage ${run}`}, ${taskKinds.indexOf(lease.kind)})
    ON CONFLICT (name) DO UPDATE SET number = excluded.number WHERE number <> excluded.number`;
}
