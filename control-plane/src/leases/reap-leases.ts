import { limits } from '@trainer/contract/limits';
import { and, eq, isNull, lte, type SQL, sql } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import type { Database } from '../db/open.ts';
import { isLeased, runs, type TaskRow, tasks } from '../db/schema/runs.ts';
import { settleRun, startNextRun } from '../runs/settle-run.ts';
import { lapsesOf } from './claim-task.ts';

/**
 * Handles what no request triggers: expired leases, overdue stops, runs whose process crashed between two steps, and queued
 * runs that can start. It may be called at any time and costs two small reads when there is nothing to do.
 */
export async function reapLeases(deps: Deps): Promise<void> {
  const { db, clock } = deps;
  const unfinished = await db
    .select({ id: runs.id, status: runs.status, stoppingAt: runs.stoppingAt })
    .from(runs)
    .where(isNull(runs.finishedAt))
    .orderBy(runs.id);
  if (unfinished.length === 0) return;
  for (const run of unfinished) {
    if (run.status === 'queued') continue;
    const reaped =
      run.status === 'running'
        ? await reapRunning(db, run.id, clock.now())
        : await reapStopping(db, run.id, run.stoppingAt ?? 0, clock.now());
    await announce(deps, reaped);
    await settleRun(deps, run.id);
  }
  await startNextRun(deps);
}

const hasLapsed = (now: number): SQL | undefined => and(isLeased, lte(tasks.leaseExpiresAt, now));

/** An expired lease makes its task ready again, or failed after `limits.maxAttempts` expiries without progress. */
async function reapRunning(db: Database, runId: number, now: number): Promise<TaskRow[]> {
  if (!(await isAnyLapsed(db, runId, now))) return [];
  const isHopeless = sql`${lapsesOf(tasks)} >= ${limits.maxAttempts}`;
  return db
    .update(tasks)
    .set({
      status: sql`CASE WHEN ${isHopeless} THEN 'failed' ELSE 'ready' END`,
      reason: sql`CASE WHEN ${isHopeless}
        THEN ${tasks.runnerName} || ${` stopped sending heartbeats, ${limits.maxAttempts} leases in a row without progress`}
        ELSE ${tasks.runnerName} || ' stopped sending heartbeats' END`,
      finishedAt: sql`CASE WHEN ${isHopeless} THEN CAST(${now} AS INTEGER) END`,
      lapses: lapsesOf(tasks),
      actor: 'control plane',
    })
    .where(and(eq(tasks.runId, runId), hasLapsed(now)))
    .returning();
}

/** A stopping run does not wait for a runner without heartbeats, nor for any runner longer than `limits.stopGraceMs`. */
async function reapStopping(
  db: Database,
  runId: number,
  stoppingAt: number,
  now: number,
): Promise<TaskRow[]> {
  const isOverdue = now >= stoppingAt + limits.stopGraceMs;
  if (!isOverdue && !(await isAnyLapsed(db, runId, now))) return [];
  const reason = sql<string>`CASE WHEN ${tasks.leaseExpiresAt} <= ${now}
    THEN 'the run was stopped, and its runner stopped sending heartbeats'
    ELSE ${`the run was stopped, and its runner did not end within ${limits.stopGraceMs / 1_000} s`} END`;
  return db
    .update(tasks)
    .set({ status: 'skipped', reason, finishedAt: now, actor: 'control plane' })
    .where(and(eq(tasks.runId, runId), isOverdue ? isLeased : hasLapsed(now)))
    .returning();
}

/** A read first, so that the usual case takes no write lock. */
async function isAnyLapsed(db: Database, runId: number, now: number): Promise<boolean> {
  const rows = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.runId, runId), hasLapsed(now)))
    .limit(1);
  return rows.length > 0;
}

async function announce(deps: Deps, reaped: readonly TaskRow[]): Promise<void> {
  if (reaped.length === 0) return;
  await deps.record(
    ...reaped.map(({ id, runId, source, status, reason }) => ({
      level: status === 'failed' ? ('error' as const) : ('warn' as const),
      message: `Task ${id} ${status}: ${reason}`,
      runId,
      taskId: id,
      source,
    })),
  );
  if (reaped.some(({ status }) => status === 'ready')) await deps.notifier.notify('work');
}
