import type { Decision, ReviewKind, ReviewStatus, reviewReportSchema } from '@trainer/contract/reviews';
import { and, desc, eq, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Database } from '../db/open.ts';
import { reviews } from '../db/schema/reviews.ts';
import { tasks } from '../db/schema/runs.ts';
import { holderExists, isHeld } from '../leases/require-lease.ts';

export type ReviewRow = typeof reviews.$inferSelect;

type Report = z.output<typeof reviewReportSchema> & {
  /** Keys of reviews that were found again and cannot be read: what is stored of them stays as it is. */
  unreadable: string[];
  taskId: string;
  now: number;
  forgetBefore: number;
};

/**
 * Stores a report in one transaction, if the lease lives. Answers with the task as it is then; undefined when there is none.
 */
export async function storeReport(db: Database, report: Report) {
  const { taskId, fence, now } = report;
  const held = holderExists(db, taskId, fence, now);
  const rest = [
    markApplied(db, report, held),
    forget(db, report, held),
    keepUnreadable(db, report, held),
    ...(report.is_complete ? [closeOthers(db, report, held), forgetClosed(db, report, held)] : []),
  ];
  const results = await db.batch([
    db.select().from(tasks).where(eq(tasks.id, taskId)),
    upsert(db, report),
    ...rest,
  ]);
  return results[0][0];
}

/** Reviews travel as one JSON argument, so that the statement's text does not depend on their number. */
function upsert(db: Database, { taskId, fence, reviews: found, now }: Report) {
  const rows = found.map((each) => [each.key, each.kind, JSON.stringify(each)]);
  return db.run(sql`INSERT INTO reviews (catalog_id, key, status, kind, found, run_id, task_id, fence)
    SELECT coalesce(${tasks.catalogId}, ''), item.value ->> 0, 'open', item.value ->> 1, item.value ->> 2,
      ${tasks.runId}, ${tasks.id}, ${tasks.fence}
    FROM ${tasks}, json_each(${JSON.stringify(rows)}) AS item WHERE ${isHeld(taskId, fence, now)}
    ON CONFLICT (catalog_id, key) DO UPDATE SET
      kind = excluded.kind, found = excluded.found, run_id = excluded.run_id, task_id = excluded.task_id,
      fence = excluded.fence, closed_at = NULL,
      status = CASE WHEN decision IS NULL THEN 'open' ELSE 'decided' END`);
}

/** Only where the decision is still the one that was applied. */
function markApplied(db: Database, { taskId, applied }: Report, held: SQL) {
  return db.run(sql`UPDATE reviews SET applied_run_id = (SELECT run_id FROM tasks WHERE id = ${taskId})
    WHERE applied_run_id IS NULL AND ${ofCatalog(taskId)} AND ${held} AND EXISTS (
      SELECT 1 FROM json_each(${JSON.stringify(applied)}) AS item
      WHERE item.value ->> 'id' = reviews.id AND item.value ->> 'decision' = reviews.decision)`);
}

function forget(db: Database, { taskId, forgotten }: Report, held: SQL) {
  return db.run(sql`DELETE FROM reviews WHERE status = 'decided' AND ${ofCatalog(taskId)} AND ${held}
    AND id IN (SELECT value FROM json_each(${JSON.stringify(forgotten)}))`);
}

function keepUnreadable(db: Database, { taskId, fence, unreadable }: Report, held: SQL) {
  return db.run(sql`UPDATE reviews SET task_id = ${taskId}, fence = ${fence}
    WHERE status = 'open' AND ${ofCatalog(taskId)} AND ${held}
      AND key IN (SELECT value FROM json_each(${JSON.stringify(unreadable)}))`);
}

function closeOthers(db: Database, { taskId, fence, now }: Report, held: SQL) {
  return db.run(sql`UPDATE reviews SET status = 'closed', closed_at = ${now}
    WHERE status = 'open' AND ${ofCatalog(taskId)} AND ${held} AND NOT (task_id = ${taskId} AND fence = ${fence})`);
}

function forgetClosed(db: Database, { forgetBefore }: Report, held: SQL) {
  return db.run(sql`DELETE FROM reviews WHERE status = 'closed' AND closed_at < ${forgetBefore} AND ${held}`);
}

function ofCatalog(taskId: string): SQL {
  return sql`catalog_id = (SELECT coalesce(catalog_id, '') FROM tasks WHERE id = ${taskId})`;
}

export interface ReviewFilter {
  status: ReviewStatus;
  kind?: ReviewKind | undefined;
  catalog?: string | undefined;
  limit: number;
  before?: number | undefined;
}

/** Newest first. */
export function listReviews(
  db: Database,
  { status, kind, catalog, limit, before }: ReviewFilter,
): Promise<ReviewRow[]> {
  return db
    .select()
    .from(reviews)
    .where(
      and(
        eq(reviews.status, status),
        kind && eq(reviews.kind, kind),
        catalog === undefined ? undefined : eq(reviews.catalogId, catalog),
        before === undefined ? undefined : lt(reviews.id, before),
      ),
    )
    .orderBy(desc(reviews.id))
    .limit(limit);
}

export async function findReview(db: Database, id: number): Promise<ReviewRow | null> {
  const [row] = await db.select().from(reviews).where(eq(reviews.id, id));
  return row ?? null;
}

/** Null when there is no such review, or it is closed. The same decision again keeps who made it first. */
export async function setDecision(
  db: Database,
  id: number,
  { decision, actor, now }: { decision: Decision; actor: string; now: number },
): Promise<ReviewRow | null> {
  const isSame = sql`${reviews.decision} IS ${decision}`;
  const unlessSame = (kept: SQL, value: string | number | null) =>
    sql`CASE WHEN ${isSame} THEN ${kept} ELSE ${value} END`;
  const [row] = await db
    .update(reviews)
    .set({
      status: 'decided',
      decision,
      decidedBy: unlessSame(sql`${reviews.decidedBy}`, actor),
      decidedAt: unlessSame(sql`${reviews.decidedAt}`, now),
      appliedRunId: unlessSame(sql`${reviews.appliedRunId}`, null),
    })
    .where(and(eq(reviews.id, id), ne(reviews.status, 'closed')))
    .returning();
  return row ?? null;
}

/** Null when there is no decision to undo. */
export async function clearDecision(db: Database, id: number): Promise<ReviewRow | null> {
  const [row] = await db
    .update(reviews)
    .set({ status: 'open', decision: null, decidedBy: null, decidedAt: null, appliedRunId: null })
    .where(and(eq(reviews.id, id), eq(reviews.status, 'decided')))
    .returning();
  return row ?? null;
}
