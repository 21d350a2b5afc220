import type { TaskStatus } from '@trainer/contract/runs';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { type RunRow, runs, type TaskRow, tasks } from '../db/schema/runs.ts';
import type { Step } from './advance-run.ts';
import type { PlannedTask } from './plan-tasks.ts';

export function tasksOf(db: Database, runIds: number[]): Promise<TaskRow[]> {
  return db
    .select()
    .from(tasks)
    .where(inArray(tasks.runId, runIds))
    .orderBy(asc(tasks.runId), asc(tasks.position));
}

/** Inserts the tasks that do not exist yet, and returns those. */
export function insertTasks(
  db: Database,
  runId: number,
  planned: readonly PlannedTask[],
  progress: string,
): Promise<TaskRow[]> {
  return db
    .insert(tasks)
    .values(
      planned.map((task) => ({
        ...task,
        runId,
        progress,
        status: 'waiting' as const,
        reason: 'its run has not begun',
        actor: 'control plane',
      })),
    )
    .onConflictDoNothing()
    .returning();
}

/**
 * Makes waiting tasks ready, or skips those that have not begun. It changes only tasks in these states, and only
 * while the run has the status that the step was computed from, so a repetition changes nothing. Returns the changed tasks.
 */
export function moveTasks(
  db: Database,
  run: Pick<RunRow, 'id' | 'status'>,
  { ids, to, reason }: NonNullable<Step['tasks']>,
  now: number,
): Promise<TaskRow[]> {
  const isUnmoved = sql`EXISTS ${db
    .select({ one: sql`1` })
    .from(runs)
    .where(and(eq(runs.id, run.id), eq(runs.status, run.status)))}`;
  const from: TaskStatus[] = to === 'ready' ? ['waiting'] : ['waiting', 'ready'];
  return db
    .update(tasks)
    .set({ status: to, reason, actor: 'control plane', finishedAt: to === 'skipped' ? now : null })
    .where(and(inArray(tasks.id, ids), inArray(tasks.status, from), isUnmoved))
    .returning();
}
