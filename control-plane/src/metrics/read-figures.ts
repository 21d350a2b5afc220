import type { TaskKind, TaskStatus } from '@trainer/contract/runs';
import { shippedIds } from '@trainer/contract/shipped-sources';
import type { SourceId } from '@trainer/contract/sources';
import { count, desc, max, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { isLeased, runners, runs, tasks } from '../db/schema/runs.ts';
import { versions } from '../db/schema/versions.ts';

/** Runners that are reported, the last seen first. Rows of removed runners are never deleted, so this bounds the output. */
const MAX_RUNNERS = 20;

export type Figures = Awaited<ReturnType<typeof readFigures>>;

/**
 * Everything that the metrics say, in one batch: the same moment, and one subrequest. Nothing in it grows with the log, and of
 * the history of runs it reads one short index.
 */
export async function readFigures(db: Database) {
  const [byStatus, [queue], byTask, leases, [log], [visible], [newest], seen, sources] = await db.batch(
    statements(db),
  );
  return { byStatus, queue, byTask, leases, log, visible: visible?.count ?? 0, newest, seen, sources };
}

/** The statements themselves, for `readFigures` and for the test that looks at their plans. */
export function statements(db: Database) {
  return [
    db
      .select({ status: runs.status, count: count(), lastFinishedAt: max(runs.finishedAt) })
      .from(runs)
      .groupBy(runs.status),
    db.all<{ waitingSince: number | null; waitedMs: number | null }>(sql`SELECT
      (SELECT min(created_at) FROM runs WHERE finished_at IS NULL AND status = 'queued') AS waitingSince,
      (SELECT started_at - created_at FROM runs WHERE started_at IS NOT NULL ORDER BY id DESC LIMIT 1)
        AS waitedMs`),
    // Of the active run, or else of the newest.
    db.all<{ runId: number; kind: TaskKind; status: TaskStatus; count: number }>(sql`
      SELECT run_id AS runId, kind, status, count(*) AS count FROM tasks
      WHERE run_id = coalesce(
        (SELECT id FROM runs WHERE finished_at IS NULL AND status IN ('running', 'stopping')),
        (SELECT max(id) FROM runs))
      GROUP BY kind, status`),
    db.select({ grantedAt: tasks.grantedAt, expiresAt: tasks.leaseExpiresAt }).from(tasks).where(isLeased),
    // Ids are given out without gaps and lines go from the oldest on, so nothing has to be counted.
    db.all<{ ever: number | null; stored: number | null; bytes: number | null }>(sql`SELECT
      (SELECT seq FROM sqlite_sequence WHERE name = 'log_lines') AS ever,
      (SELECT max(id) FROM log_lines) - (SELECT min(id) FROM log_lines) + 1 AS stored,
      (SELECT end_byte FROM log_lines ORDER BY id DESC LIMIT 1)
        - (SELECT end_byte FROM log_lines ORDER BY id LIMIT 1) AS bytes`),
    db.select({ count: count() }).from(versions).where(isVisible),
    db
      .select({
        performers: sql<number>`${versions.manifest} ->> 'performer_count'`,
        faces: sql<number>`${versions.manifest} ->> 'face_count'`,
        created: sql<string>`${versions.manifest} ->> 'created_at'`,
        bytes: sql<number>`(SELECT sum(size) FROM artifacts WHERE version_id = ${versions.id})`,
      })
      .from(versions)
      .where(isVisible)
      .orderBy(desc(versions.version))
      .limit(1),
    db
      .select({
        id: runners.id,
        name: sql<string>`${runners.about} ->> 'name'`,
        at: runners.lastSeenAt,
        isRefused: sql<number>`${runners.about} ->> 'refused' IS NOT NULL`,
      })
      .from(runners)
      .orderBy(desc(runners.lastSeenAt))
      .limit(MAX_RUNNERS),
    // Of each source the newest task that was begun; `hosts` is long and not reported.
    db.all<{ source: SourceId; runId: number; kind: TaskKind; status: TaskStatus; progress: string }>(sql`
      SELECT source, run_id AS runId, kind, status, json_remove(progress, '$.hosts') AS progress
      FROM (SELECT value AS id, key AS place FROM json_each(${JSON.stringify(shippedIds)})
        UNION ALL SELECT id, ${shippedIds.length} FROM sources WHERE id NOT IN (SELECT value FROM json_each(${JSON.stringify(shippedIds)}))
      ) AS each, tasks
      WHERE source = each.id AND run_id = (
        SELECT begun.run_id FROM tasks AS begun WHERE begun.source = each.id AND begun.started_at IS NOT NULL
        ORDER BY begun.run_id DESC LIMIT 1)
      ORDER BY each.place, each.id`),
  ] as const;
}

/** A literal, because SQLite uses a partial index only when the query repeats its condition. */
const isVisible = sql`${versions.status} = 'visible'`;
