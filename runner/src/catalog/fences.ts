import type { Lease } from '@trainer/contract/leases';
import { taskKinds } from '@trainer/contract/runs';
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

/** Later than every stage. */
const OVER = taskKinds.length;

/**
 * The statement that every transaction of a task begins with. It fails, and the transaction with it, when the catalog has seen
 * a newer lease of the task, or a later stage of its run: the control plane gives up a task for which nobody is left, and
 * then there is no newer lease.
 */
export function holdFences(lease: TaskLease): SQL {
  return sql`INSERT INTO fences (name, number)
    VALUES (${`task ${lease.task_id} ${runKey(lease)}`}, ${lease.fence}), (${stageOf(lease)}, ${numberOf(lease.kind)})
    ON CONFLICT (name) DO UPDATE SET number = excluded.number WHERE number <> excluded.number`;
}

/** The statement that a task's work begins with: one run at a time, so those that were asked for before this one are over. */
export function endEarlierRuns(lease: TaskLease): SQL {
  return sql`UPDATE fences SET number = ${OVER} WHERE name >= 'stage ' AND name < ${stageOf(lease)} AND number < ${OVER}`;
}

/**
 * Ingest and enrich are one stage, publish is the next. A kind of a later release has no place among the stages; such a task is
 * handed back before it begins.
 */
function numberOf(kind: TaskLease['kind']): number {
  if (kind === 'ingest') return numberOf('enrich');
  const kinds: readonly string[] = taskKinds;
  return kinds.indexOf(kind);
}

/** Sorts by the time when the run was asked for. */
function stageOf({ run_id, run_created_at = '' }: TaskLease): string {
  return `stage ${run_created_at} ${run_id}`;
}
