import { type LogLine, logLevels, type logQuerySchema, type StoredLogLine } from '@trainer/contract/logs';
import { and, asc, desc, eq, gt, gte, lte, max, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Database } from '../db/open.ts';
import { logLines } from '../db/schema/logs.ts';
import { tasks } from '../db/schema/runs.ts';
import { isHeld } from '../leases/require-lease.ts';

/** What a row takes beside its texts (fixed columns, index entries), bytes. */
const ROW_BYTES = 120;
/** The position of `warn`: the index of grave lines is made for this very number. */
const GRAVE = logLevels.indexOf('warn');

export type LogFilter = Omit<z.output<typeof logQuerySchema>, 'tail'>;
export type NewLine = Omit<StoredLogLine, 'id'>;

/**
 * Stores those lines of a task that are new, if the lease lives and they follow on what is stored, in one
 * transaction. Their `seq` must be consecutive. Answers with the task as it is then; undefined when there is none.
 */
export async function appendLines(
  db: Database,
  { taskId, fence, lines, now }: { taskId: string; fence: number; lines: readonly LogLine[]; now: number },
) {
  const first = lines[0]?.seq ?? 1;
  const follows = and(isHeld(taskId, fence, now), gte(tasks.nextLogSeq, first));
  const [, , [task]] = await db.batch([
    db.run(sql`${INTO} SELECT ${tasks.runId}, ${tasks.id}, ${columns(now)} FROM ${tasks}, ${table(lines)}
      WHERE ${follows} AND line.value ->> 0 >= ${tasks.nextLogSeq} ORDER BY line.key`),
    db
      .update(tasks)
      .set({ nextLogSeq: sql`max(${tasks.nextLogSeq}, ${first + lines.length})` })
      .where(follows),
    db.select().from(tasks).where(eq(tasks.id, taskId)),
  ]);
  return task;
}

/** Stores lines of the control plane itself. */
export async function appendOwnLines(db: Database, lines: readonly NewLine[], now: number): Promise<void> {
  await db.run(
    sql`${INTO} SELECT line.value ->> 7, line.value ->> 8, ${columns(now)} FROM ${table(lines)} ORDER BY line.key`,
  );
}

const INTO = sql`INSERT INTO ${logLines}
  (run_id, task_id, seq, time, level, source, message, fields, stored_at, end_byte)`;

/** Lines travel as one JSON argument, so that the statement's text does not depend on their number. */
function table(lines: readonly (LogLine | NewLine)[]): SQL {
  const rows = lines.map((line) => {
    const { seq, time, level, source, message } = line;
    const fields = JSON.stringify(line.fields);
    const bytes = message.length + fields.length + ROW_BYTES;
    const own = 'run_id' in line ? [line.run_id, line.task_id] : [];
    return [seq, time, logLevels.indexOf(level), source, message, fields, bytes, ...own];
  });
  return sql`json_each(${JSON.stringify(rows)}) AS line`;
}

function columns(now: number): SQL {
  return sql`line.value ->> 0, line.value ->> 1, line.value ->> 2, line.value ->> 3, line.value ->> 4,
    line.value ->> 5, ${now}, sum(line.value ->> 6) OVER (ORDER BY line.key)
      + coalesce((SELECT end_byte FROM log_lines ORDER BY id DESC LIMIT 1), 0)`;
}

/** The id of the newest line; 0 when there is none. */
export async function newestId(db: Database): Promise<number> {
  const [row] = await db.select({ id: max(logLines.id) }).from(logLines);
  return row?.id ?? 0;
}

/** The id after which the last `count` lines that pass the filter begin, looking back from `newest`. */
export async function idBeforeTail(
  db: Database,
  filter: LogFilter,
  count: number,
  newest: number,
): Promise<number> {
  const tail = db
    .select({ id: logLines.id })
    .from(logLines)
    .where(and(lte(logLines.id, newest), matches(filter)))
    .orderBy(desc(logLines.id))
    .limit(count)
    .as('tail');
  const [row] = await db.select({ oldest: sql<number | null>`min(${tail.id})` }).from(tail);
  return row?.oldest ? row.oldest - 1 : newest;
}

/**
 * Lines with ids above `after`, oldest first, the id of the newest line of all, and whether `condition` holds at the same moment.
 * In one statement, because every reader asks for all of it time and again, and a Worker's subrequests are counted.
 */
export async function readLines(
  db: Database,
  filter: LogFilter,
  { after, limit, condition }: { after: number; limit: number; condition: SQL<number> },
): Promise<{ lines: StoredLogLine[]; newest: number; holds: boolean }> {
  const all = db
    .select({ newest: max(logLines.id).as('newest'), holds: condition.as('holds') })
    .from(logLines)
    .as('all');
  const page = db
    .select()
    .from(logLines)
    .where(and(gt(logLines.id, after), matches(filter)))
    .orderBy(asc(logLines.id))
    .limit(limit)
    .as('page');
  // A row is there although the page is empty.
  const rows = await db.select().from(all).leftJoin(page, sql`true`).orderBy(asc(page.id));
  return {
    lines: rows.flatMap((row) => (row.page ? [toLine(row.page)] : [])),
    newest: rows[0]?.all.newest ?? 0,
    holds: rows[0]?.all.holds === 1,
  };
}

function matches({ run, source, level }: LogFilter): SQL | undefined {
  const lowest = level === undefined ? 0 : logLevels.indexOf(level);
  return and(
    run === undefined ? undefined : eq(logLines.runId, run),
    source === undefined ? undefined : eq(logLines.source, source),
    // SQLite uses a partial index only where the query repeats its condition, number included.
    lowest >= GRAVE ? sql`${logLines.level} >= ${sql.raw(String(GRAVE))}` : undefined,
    lowest > 0 ? gte(logLines.level, lowest) : undefined,
  );
}

function toLine(row: typeof logLines.$inferSelect): StoredLogLine {
  return {
    id: row.id,
    run_id: row.runId,
    task_id: row.taskId,
    seq: row.seq,
    time: row.time,
    level: logLevels[row.level] ?? 'info',
    source: row.source,
    message: row.message,
    fields: JSON.parse(row.fields),
  };
}

/**
 * Drops the oldest lines that were stored before `before` or lie more than `maxBytes` back, looking at the `limit`
 * oldest ids only. Answers with how many that were.
 */
export async function dropOldest(
  db: Database,
  { before, maxBytes, limit }: { before: number; maxBytes: number; limit: number },
): Promise<number> {
  const { rowsAffected } = await db.run(sql`DELETE FROM log_lines
    WHERE id < (SELECT min(id) FROM log_lines) + ${limit}
      AND (stored_at < ${before}
        OR end_byte <= (SELECT end_byte FROM log_lines ORDER BY id DESC LIMIT 1) - ${maxBytes})`);
  return rowsAffected;
}
