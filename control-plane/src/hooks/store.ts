import type { DeliveryStatus } from '@trainer/contract/hooks';
import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { deliveries, hooks } from '../db/schema/hooks.ts';
import { runs, tasks } from '../db/schema/runs.ts';

export type HookRow = typeof hooks.$inferSelect;
export type DeliveryRow = typeof deliveries.$inferSelect;

/** A literal, because SQLite uses a partial index only when the query repeats its condition. */
const isWaiting = sql`${deliveries.status} = 'waiting'`;

export function listHooks(db: Database): Promise<HookRow[]> {
  return db.select().from(hooks).orderBy(asc(hooks.id));
}

export async function findHook(db: Database, id: number): Promise<HookRow | null> {
  const [row] = await db.select().from(hooks).where(eq(hooks.id, id));
  return row ?? null;
}

export async function insertHook(db: Database, row: Omit<HookRow, 'id'>): Promise<HookRow> {
  const [inserted] = await db.insert(hooks).values(row).returning();
  if (!inserted) throw new Error('The hook was not stored');
  return inserted;
}

/** Null when the hook is gone. Turning a hook off gives up its waiting deliveries. */
export async function updateHook(
  db: Database,
  id: number,
  change: Partial<Omit<HookRow, 'id'>>,
  now: number,
): Promise<HookRow | null> {
  const [[updated]] = await db.batch([
    db.update(hooks).set(change).where(eq(hooks.id, id)).returning(),
    giveUpWaiting(db, id, now),
  ]);
  return updated ?? null;
}

/** Turns a hook off for a reason; false when it is off already, or gone. */
export async function turnOffHook(
  db: Database,
  id: number,
  disabledReason: string,
  now: number,
): Promise<boolean> {
  const [turnedOff] = await db.batch([
    db
      .update(hooks)
      .set({ enabled: false, disabledReason })
      .where(and(eq(hooks.id, id), eq(hooks.enabled, true)))
      .returning({ id: hooks.id }),
    giveUpWaiting(db, id, now),
  ]);
  return turnedOff.length > 0;
}

/** The statement that gives up what waits for a hook, if it is turned off. */
function giveUpWaiting(db: Database, hookId: number, now: number) {
  return db
    .update(deliveries)
    .set({
      status: 'given_up',
      finishedAt: now,
      lastError: sql`coalesce(${deliveries.lastError}, 'the hook was turned off')`,
    })
    .where(
      and(
        eq(deliveries.hookId, hookId),
        isWaiting,
        sql`NOT (SELECT enabled FROM hooks WHERE id = ${hookId})`,
      ),
    );
}

/** Removes a hook with its deliveries. */
export async function deleteHook(db: Database, id: number): Promise<void> {
  await db.batch([
    db.delete(deliveries).where(eq(deliveries.hookId, id)),
    db.delete(hooks).where(eq(hooks.id, id)),
  ]);
}

export function listDeliveries(db: Database, hookId: number, limit: number): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(eq(deliveries.hookId, hookId))
    .orderBy(desc(deliveries.id))
    .limit(limit);
}

/** The newest delivery of each hook. */
export function lastDeliveries(db: Database): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(sql`${deliveries.id} IN (SELECT max(id) FROM deliveries GROUP BY hook_id)`);
}

const isDue = (now: number) => and(isWaiting, lte(deliveries.dueAt, now));

/** Whether any delivery is due. A read, so that frequent callers take no write lock. */
export async function isAnyDue(db: Database, now: number): Promise<boolean> {
  const due = await db.select({ id: deliveries.id }).from(deliveries).where(isDue(now)).limit(1);
  return due.length > 0;
}

/**
 * Takes up to `limit` deliveries that are due, in one statement, and postpones them to `until`: after a crash they are due
 * again then.
 */
export async function takeDue(
  db: Database,
  { now, until, limit }: { now: number; until: number; limit: number },
): Promise<DeliveryRow[]> {
  const due = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(isDue(now))
    .orderBy(asc(deliveries.dueAt))
    .limit(limit);
  return db
    .update(deliveries)
    .set({ dueAt: until, attempts: sql`${deliveries.attempts} + 1` })
    .where(and(isDue(now), sql`${deliveries.id} IN (${due})`))
    .returning();
}

/** Hooks, runs and tasks of these deliveries. Removed ones are missing. */
export async function readFacts(db: Database, taken: readonly DeliveryRow[]) {
  const runIds = taken.map(({ runId }) => runId);
  const [hookRows, runRows, taskRows] = await db.batch([
    db
      .select()
      .from(hooks)
      .where(
        inArray(
          hooks.id,
          taken.map(({ hookId }) => hookId),
        ),
      ),
    db.select().from(runs).where(inArray(runs.id, runIds)),
    db.select().from(tasks).where(inArray(tasks.runId, runIds)).orderBy(asc(tasks.position)),
  ]);
  return { hooks: hookRows, runs: runRows, tasks: taskRows };
}

/** Stores the outcome of an attempt; false when the delivery was claimed again since, or removed. */
export async function noteAttempt(
  db: Database,
  { id, attempts }: DeliveryRow,
  outcome: { status: DeliveryStatus; lastError: string | null; dueAt?: number; finishedAt?: number },
): Promise<boolean> {
  const noted = await db
    .update(deliveries)
    .set(outcome)
    .where(and(eq(deliveries.id, id), eq(deliveries.attempts, attempts), isWaiting))
    .returning({ id: deliveries.id });
  return noted.length > 0;
}

/** Deletes finished deliveries older than `before`, and all but the `newest` of each hook. */
export async function dropDeliveries(
  db: Database,
  { before, newest }: { before: number; newest: number },
): Promise<number> {
  const { rowsAffected } = await db.run(sql`DELETE FROM deliveries
    WHERE status <> 'waiting' AND (created_at < ${before} OR id IN (
      SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY hook_id ORDER BY id DESC) AS place FROM deliveries)
      WHERE place > ${newest}))`);
  return rowsAffected;
}
