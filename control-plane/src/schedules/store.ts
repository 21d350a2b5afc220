import type { OccurrenceOutcome } from '@trainer/contract/schedules';
import { and, asc, eq, isNull, lte, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { runs } from '../db/schema/runs.ts';
import { schedules } from '../db/schema/schedules.ts';
import { insertRun, type NewRun, noUnfinishedRun } from '../runs/store.ts';

export type ScheduleRow = typeof schedules.$inferSelect;

export function listSchedules(db: Database): Promise<ScheduleRow[]> {
  return db.select().from(schedules).orderBy(asc(schedules.id));
}

/** What a person decides about a schedule. */
export type ScheduleFields = Pick<
  ScheduleRow,
  'name' | 'cron' | 'timeZone' | 'params' | 'missed' | 'enabled' | 'nextAt'
>;

export async function insertSchedule(
  db: Database,
  fields: ScheduleFields,
  { actor, now }: { actor: string; now: number },
): Promise<ScheduleRow> {
  const added = { ...fields, createdBy: actor, createdAt: now, changedAt: now };
  const [row] = await db.insert(schedules).values(added).returning();
  if (!row) throw new Error('The schedule was not stored');
  return row;
}

/** Replaces a schedule; null when there is none. An occurrence that is due already stays so while its time does not change. */
export async function updateSchedule(
  db: Database,
  id: number,
  fields: ScheduleFields,
  now: number,
): Promise<ScheduleRow | null> {
  const { cron, timeZone, nextAt } = fields;
  const isSameTime = and(schedules.enabled, eq(schedules.cron, cron), eq(schedules.timeZone, timeZone));
  const kept = sql`CASE WHEN ${isSameTime} THEN ${schedules.nextAt} ELSE CAST(${nextAt} AS INTEGER) END`;
  const [row] = await db
    .update(schedules)
    .set({ ...fields, changedAt: now, nextAt: fields.enabled ? kept : null })
    .where(eq(schedules.id, id))
    .returning();
  return row ?? null;
}

/** What was removed; null when there was no such schedule. */
export async function deleteSchedule(db: Database, id: number): Promise<ScheduleRow | null> {
  const [row] = await db.delete(schedules).where(eq(schedules.id, id)).returning();
  return row ?? null;
}

/** Schedules with a due occurrence, the longest overdue first. */
export function listDue(db: Database, now: number, limit: number): Promise<ScheduleRow[]> {
  return db
    .select()
    .from(schedules)
    .where(lte(schedules.nextAt, now))
    .orderBy(asc(schedules.nextAt), asc(schedules.id))
    .limit(limit);
}

/** An occurrence, and the one that comes after it; ms since 1970. */
export interface Occurrence {
  at: number;
  next: number | null;
}

/** Stores that an occurrence started no run; null when another call has handled it, or the schedule was changed. */
export async function skipOccurrence(
  db: Database,
  due: ScheduleRow,
  { at, next }: Occurrence,
  { outcome, reason }: { outcome: OccurrenceOutcome; reason: string | null },
): Promise<ScheduleRow | null> {
  const [row] = await db
    .update(schedules)
    .set({ nextAt: next, lastAt: at, lastOutcome: outcome, lastReason: reason, lastRunId: null })
    .where(isStillDue(due))
    .returning();
  return row ?? null;
}

/**
 * Adds the run of an occurrence and stores the outcome in the schedule, in one transaction. While another run is queued or active it
 * stores only that. Null as with `skipOccurrence`.
 */
export async function startOccurrence(
  db: Database,
  due: ScheduleRow,
  { at, next }: Occurrence,
  { run, note }: { run: NewRun; note: string | null },
): Promise<ScheduleRow | null> {
  const mine = sql`(SELECT id FROM runs WHERE schedule_id = ${due.id} AND scheduled_at = ${at})`;
  const other = db
    .select({ words: sql`'run ' || ${runs.id} || ' was still ' || ${runs.status}` })
    .from(runs)
    .where(isNull(runs.finishedAt))
    .orderBy(asc(runs.id))
    .limit(1);
  const isDue = sql`EXISTS ${db.select({ one: sql`1` }).from(schedules).where(isStillDue(due))}`;
  const [, noted] = await db.batch([
    insertRun(db, { ...run, scheduleId: due.id, scheduledAt: at }, sql`${isDue} AND ${noUnfinishedRun(db)}`),
    db
      .update(schedules)
      .set({
        nextAt: next,
        lastAt: at,
        lastOutcome: sql`CASE WHEN ${mine} IS NULL THEN 'skipped' ELSE 'started' END`,
        lastReason: sql`CASE WHEN ${mine} IS NULL THEN ${other} ELSE ${note} END`,
        lastRunId: mine,
      })
      .where(isStillDue(due))
      .returning(),
  ]);
  return noted[0] ?? null;
}

/** The schedule is unchanged since it was read. */
function isStillDue({ id, nextAt, changedAt }: ScheduleRow): SQL | undefined {
  return and(eq(schedules.id, id), eq(schedules.nextAt, nextAt ?? 0), eq(schedules.changedAt, changedAt));
}
