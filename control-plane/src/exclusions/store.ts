import type { EnforcedExclusions, NewExclusion } from '@trainer/contract/exclusions';
import { and, asc, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { enforcedExclusions, exclusions } from '../db/schema/exclusions.ts';

export type ExclusionRow = typeof exclusions.$inferSelect;

export function listExclusions(db: Database): Promise<ExclusionRow[]> {
  return db.select().from(exclusions).orderBy(desc(exclusions.id));
}

/** Stores an exclusion unless the same one is in force, and answers with the one that is. */
export async function insertExclusion(
  db: Database,
  row: { kind: NewExclusion['kind']; value: string; note: string; actor: string; createdAt: number },
): Promise<{ stored: ExclusionRow; isNew: boolean }> {
  const [inserted, found] = await db.batch([
    db.insert(exclusions).values(row).onConflictDoNothing().returning({ id: exclusions.id }),
    db
      .select()
      .from(exclusions)
      .where(
        and(eq(exclusions.kind, row.kind), eq(exclusions.value, row.value), isNull(exclusions.removedAt)),
      ),
  ]);
  const [stored] = found;
  if (!stored) throw new Error('The exclusion was not stored');
  return { stored, isNew: inserted.length > 0 };
}

/** Retracts an exclusion in force; null when there is none, or it was retracted before. */
export async function retractExclusion(
  db: Database,
  id: number,
  actor: string,
  now: number,
): Promise<ExclusionRow | null> {
  const [row] = await db
    .update(exclusions)
    .set({ removedAt: now, removedBy: actor })
    .where(and(eq(exclusions.id, id), isNull(exclusions.removedAt)))
    .returning();
  return row ?? null;
}

export async function findExclusion(db: Database, id: number): Promise<ExclusionRow | null> {
  const [row] = await db.select().from(exclusions).where(eq(exclusions.id, id));
  return row ?? null;
}

/** Replaces a task's report where `held` is met. */
export async function replaceReport(
  db: Database,
  taskId: string,
  enforced: EnforcedExclusions['enforced'],
  held: SQL,
): Promise<void> {
  await db.batch([
    db.delete(enforcedExclusions).where(and(eq(enforcedExclusions.taskId, taskId), held)),
    db.run(sql`INSERT OR REPLACE INTO enforced_exclusions
        (task_id, exclusion_id, performers_removed, faces_removed)
      SELECT ${taskId}, value ->> 'id', value ->> 'performers_removed', value ->> 'faces_removed'
      FROM json_each(${JSON.stringify(enforced)}) WHERE ${held}`),
  ]);
}

/** Which of the ids were never given to an exclusion. */
export async function unknownIds(db: Database, ids: readonly number[]): Promise<number[]> {
  const rows = await db.all<{ id: number }>(sql`
    SELECT value AS id FROM json_each(${JSON.stringify(ids)}) WHERE value NOT IN (SELECT id FROM exclusions)`);
  return rows.map(({ id }) => id);
}

/** Exclusions in force that a task has not reported as enforced. */
export async function listUnenforced(db: Database, taskId: string): Promise<number[]> {
  const rows = await db
    .select({ id: exclusions.id })
    .from(exclusions)
    .where(isUnenforced(taskId))
    .orderBy(asc(exclusions.id));
  return rows.map(({ id }) => id);
}

/** The condition that a task's version enforces every exclusion in force, for the statement that makes it visible. */
export function enforcesAll(taskId: string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM exclusions WHERE ${isUnenforced(taskId)})`;
}

function isUnenforced(taskId: string): SQL {
  return sql`${exclusions.removedAt} IS NULL AND ${exclusions.id} NOT IN
    (SELECT exclusion_id FROM enforced_exclusions WHERE task_id = ${taskId})`;
}

/** The statement that names `version` in receipts which are still open, for the batch that makes it visible. */
export function giveReceipts(
  db: Database,
  { taskId, version, at }: { taskId: string; version: string; at: number },
  onlyIf: SQL,
) {
  const reported = (column: string) => sql`(SELECT ${sql.raw(column)} FROM enforced_exclusions
    WHERE task_id = ${taskId} AND exclusion_id = ${exclusions.id})`;
  return db
    .update(exclusions)
    .set({
      firstVersion: version,
      receiptAt: at,
      performersRemoved: reported('performers_removed'),
      facesRemoved: reported('faces_removed'),
    })
    .where(
      and(
        isNull(exclusions.firstVersion),
        isNull(exclusions.removedAt),
        sql`${exclusions.id} IN (SELECT exclusion_id FROM enforced_exclusions WHERE task_id = ${taskId})`,
        onlyIf,
      ),
    );
}
