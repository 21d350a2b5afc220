import type { HookEvent } from '@trainer/contract/hook-events';
import { activeRunStatuses, type FinalRunStatus } from '@trainer/contract/runs';
import { and, desc, eq, exists, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { type RunRow, runs, tasks } from '../db/schema/runs.ts';
import { enqueueEvent } from '../outbox/enqueue-event.ts';
import type { Step } from './advance-run.ts';

/** Through the index of unfinished runs, which stays short however many there were. */
const isActive = and(isNull(runs.finishedAt), inArray(runs.status, [...activeRunStatuses]));

export async function findRun(db: Database, id: number): Promise<RunRow | null> {
  const [row] = await db.select().from(runs).where(eq(runs.id, id));
  return row ?? null;
}

export function listRuns(db: Database, limit: number): Promise<RunRow[]> {
  return db.select().from(runs).orderBy(desc(runs.id)).limit(limit);
}

/** The active run, or else the newest. */
export async function currentRun(db: Database): Promise<RunRow | null> {
  const [newest] = await listRuns(db, 1);
  return (await activeRun(db)) ?? newest ?? null;
}

export async function activeRun(db: Database): Promise<RunRow | null> {
  const [row] = await db.select().from(runs).where(isActive);
  return row ?? null;
}

/** The run before `id` that published, to compare with. */
export async function publishedBefore(db: Database, id: number): Promise<RunRow | null> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(lt(runs.id, id), eq(runs.status, 'completed'), isNotNull(runs.version)))
    .orderBy(desc(runs.id))
    .limit(1);
  return row ?? null;
}

/** The newest number that any run gave to a version, removed ones included: numbers are never used twice. */
export async function latestVersion(db: Database): Promise<string | null> {
  const [row] = await db
    .select({ newest: runs.version })
    .from(runs)
    .where(isNotNull(runs.version))
    .orderBy(desc(runs.version))
    .limit(1);
  return row?.newest ?? null;
}

export interface NewRun {
  requestedBy: string;
  requestId?: string;
  createdAt: number;
  params: string;
  config: string;
  configRevision: number;
  /** The schedule and its occurrence that ask for it. */
  scheduleId?: number;
  scheduledAt?: number;
}

/**
 * The statement that adds a queued run where `onlyIf` is met, alone or in a batch; it returns no row where not, nor when the
 * occurrence, or the request of that id, has its run already.
 */
export function insertRun(db: Database, run: NewRun, onlyIf: SQL) {
  return db.all<{ id: number }>(sql`
    INSERT INTO runs (status, reason, actor, requested_by, request_id, created_at, params, config, config_revision,
      schedule_id, scheduled_at)
    SELECT 'queued', 'waits for its turn', ${run.requestedBy}, ${run.requestedBy}, ${run.requestId ?? null},
      ${run.createdAt}, ${run.params}, ${run.config}, ${run.configRevision}, ${run.scheduleId ?? null},
      ${run.scheduledAt ?? null}
    WHERE ${onlyIf}
    ON CONFLICT DO NOTHING
    RETURNING id`);
}

/** The condition that no run is queued or active. */
export function noUnfinishedRun(db: Database): SQL {
  return sql`NOT EXISTS ${db.select({ one: sql`1` }).from(runs).where(isNull(runs.finishedAt))}`;
}

/** The condition that no run has this request id. Without it, the conflict would consume a run number. */
export function isNewRequest(db: Database, requestId: string | undefined): SQL {
  if (requestId === undefined) return sql`true`;
  return sql`NOT EXISTS ${db.select({ one: sql`1` }).from(runs).where(eq(runs.requestId, requestId))}`;
}

/** The run that was asked for with this id; null when there is none, or no id. */
export async function findRequested(db: Database, requestId: string | undefined): Promise<number | null> {
  if (requestId === undefined) return null;
  const [row] = await db.select({ id: runs.id }).from(runs).where(eq(runs.requestId, requestId));
  return row?.id ?? null;
}

/** Starts the oldest queued run if none is active, in one statement, and enqueues that it did. */
export async function startOldest(db: Database, now: number): Promise<RunRow | null> {
  const oldest = db
    .select({ id: sql`min(${runs.id})` })
    .from(runs)
    .where(and(isNull(runs.finishedAt), eq(runs.status, 'queued')));
  const active = db.select({ one: sql`1` }).from(runs).where(isActive);
  const begun = sql`(SELECT id FROM runs WHERE finished_at IS NULL AND status = 'running' AND started_at = ${now})`;
  const [[row]] = await db.batch([
    db
      .update(runs)
      .set({ status: 'running', startedAt: now, reason: 'its turn came', actor: 'control plane' })
      .where(and(eq(runs.status, 'queued'), sql`${runs.id} = (${oldest})`, sql`NOT EXISTS ${active}`))
      .returning(),
    enqueueEvent(db, 'run.started', { runId: begun, at: now }, sql`${begun} IS NOT NULL`),
  ]);
  return row ?? null;
}

interface Change {
  reason: string;
  actor: string;
  now: number;
}

/** Turns a running run, or only `runId`, into a stopping one; null when it is not running. */
export async function markStopping(
  db: Database,
  { reason, actor, now, runId }: Change & { runId?: number },
): Promise<RunRow | null> {
  const isWanted = runId === undefined ? undefined : eq(runs.id, runId);
  const [row] = await db
    .update(runs)
    .set({ status: 'stopping', stoppingAt: now, reason, actor })
    .where(and(eq(runs.status, 'running'), isWanted))
    .returning();
  return row ?? null;
}

/** Ends a run before its turn comes, and skips its tasks; null when it is not queued. */
export async function cancelQueued(
  db: Database,
  runId: number,
  { reason, actor, now }: Change,
): Promise<RunRow | null> {
  const isQueued = and(eq(runs.id, runId), eq(runs.status, 'queued'));
  const [, [row]] = await db.batch([
    db
      .update(tasks)
      .set({ status: 'skipped', reason: 'the run was stopped', actor, finishedAt: now })
      .where(and(eq(tasks.runId, runId), exists(db.select({ one: sql`1` }).from(runs).where(isQueued)))),
    db.update(runs).set({ status: 'cancelled', finishedAt: now, reason, actor }).where(isQueued).returning(),
    enqueueEvent(db, 'run.cancelled', { runId, at: now }, hasEndedAs('cancelled', runId)),
  ]);
  return row ?? null;
}

function hasEndedAs(status: FinalRunStatus, runId: number): SQL {
  return sql`EXISTS (SELECT 1 FROM runs WHERE id = ${runId} AND status = ${status})`;
}

/**
 * Ends a run that still has the status which was decided upon, and enqueues the event; null when it has moved on.
 */
export async function endRun(
  db: Database,
  run: Pick<RunRow, 'id' | 'status'>,
  { to, reason, event }: NonNullable<Step['run']> & { event: HookEvent },
  now: number,
): Promise<RunRow | null> {
  const said = reason === null ? {} : { reason, actor: 'control plane' };
  const [[row]] = await db.batch([
    db
      .update(runs)
      .set({ status: to, finishedAt: now, ...said })
      .where(and(eq(runs.id, run.id), eq(runs.status, run.status)))
      .returning(),
    enqueueEvent(db, event, { runId: run.id, at: now }, hasEndedAs(to, run.id)),
  ]);
  return row ?? null;
}

/** The statement that stores a run's version if `onlyIf` is met, for the batch that makes the version visible. */
export function recordVersion(
  db: Database,
  runId: number,
  { version, performers, faces }: { version: string; performers: number; faces: number },
  onlyIf: SQL,
) {
  return db
    .update(runs)
    .set({ version, performers, faces })
    .where(and(eq(runs.id, runId), onlyIf));
}
