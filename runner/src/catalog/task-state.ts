import { and, asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from './database.ts';
import { cursors, scanIds, taskProgress } from './schema/tasks.ts';
import { type CatalogWriter, write } from './writer.ts';

/** Where a source's ingest goes on. The value is the source's own and must survive JSON. */
export interface SourceCursor {
  source: string;
  value: unknown;
}

/** Absolute counters of a task. */
export interface TaskProgress {
  /** See `runKey`. */
  run: string;
  taskId: string;
  counters: unknown;
}

export function setCursor({ source, value }: SourceCursor, at: string): SQL {
  return sql`INSERT INTO cursors (source, value, updated_at) VALUES (${source}, ${JSON.stringify(value)}, ${at})
    ON CONFLICT (source) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`;
}

export function saveProgress({ run, taskId, counters }: TaskProgress, at: string): SQL {
  return sql`INSERT INTO task_progress (run_id, task_id, counters, updated_at)
    VALUES (${run}, ${taskId}, ${JSON.stringify(counters)}, ${at})
    ON CONFLICT (run_id, task_id) DO UPDATE SET counters = excluded.counters, updated_at = excluded.updated_at`;
}

/** What a turn that changed no performer leaves behind. */
export interface TaskState {
  cursor?: SourceCursor;
  progress?: TaskProgress;
  /** Ticks ids off in a scan whose pages may shift. */
  seen?: { scan: string; remoteIds: string[] };
}

export async function saveTaskState(database: CatalogWriter, state: TaskState): Promise<void> {
  const at = database.now().toISOString();
  const statements = [
    ...(state.cursor ? [setCursor(state.cursor, at)] : []),
    ...(state.progress ? [saveProgress(state.progress, at)] : []),
    ...(state.seen ? [markSeen(state.seen)] : []),
  ];
  if (statements.length > 0) await write(database, statements);
}

export function markSeen({ scan, remoteIds }: { scan: string; remoteIds: string[] }): SQL {
  return sql`INSERT OR IGNORE INTO scan_ids (scan, remote_id) SELECT ${scan}, value FROM ${rowsOf(remoteIds)}`;
}

export async function readCursor({ db }: CatalogDatabase, source: string): Promise<unknown> {
  const [row] = await db.select().from(cursors).where(eq(cursors.source, source));
  return row?.value ?? null;
}

export async function readProgress({ db }: CatalogDatabase, run: string, taskId: string): Promise<unknown> {
  const [row] = await db
    .select()
    .from(taskProgress)
    .where(and(eq(taskProgress.runId, run), eq(taskProgress.taskId, taskId)));
  return row?.counters ?? null;
}

/** The counters of all tasks of a run that this catalog has seen. */
export async function readRunProgress({ db }: CatalogDatabase, run: string): Promise<unknown[]> {
  const rows = await db
    .select()
    .from(taskProgress)
    .where(eq(taskProgress.runId, run))
    .orderBy(asc(taskProgress.taskId));
  return rows.map(({ counters }) => counters);
}

/** Which of the ids the scan has met already. */
export async function seenIds(
  { db }: CatalogDatabase,
  scan: string,
  remoteIds: string[],
): Promise<Set<string>> {
  const rows = await db
    .select({ remoteId: scanIds.remoteId })
    .from(scanIds)
    .where(and(eq(scanIds.scan, scan), inArray(scanIds.remoteId, remoteIds)));
  return new Set(rows.map((row) => row.remoteId));
}

export async function seenCount({ db }: CatalogDatabase, scan: string): Promise<number> {
  const [row] = await db.select({ seen: count() }).from(scanIds).where(eq(scanIds.scan, scan));
  return row?.seen ?? 0;
}

export async function forgetScan(database: CatalogWriter, scan: string): Promise<void> {
  await write(database, [sql`DELETE FROM scan_ids WHERE scan = ${scan}`]);
}
