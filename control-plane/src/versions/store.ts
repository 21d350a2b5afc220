import type { Artifact } from '@trainer/contract/versions';
import { and, asc, desc, eq, inArray, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { runs } from '../db/schema/runs.ts';
import { artifacts, parts, versions } from '../db/schema/versions.ts';
import { giveReceipts } from '../exclusions/store.ts';
import { enqueueEvent } from '../outbox/enqueue-event.ts';
import { recordVersion } from '../runs/store.ts';

export type VersionRow = typeof versions.$inferSelect;
export type ArtifactRow = typeof artifacts.$inferSelect;
export type PartRow = typeof parts.$inferSelect;
export interface StoredVersion {
  version: VersionRow;
  artifacts: ArtifactRow[];
}

/** Visible versions, newest first, which is the order in which sidecars compare them. */
export async function listVisible(db: Database): Promise<StoredVersion[]> {
  return withArtifacts(
    db,
    await db.select().from(versions).where(eq(versions.status, 'visible')).orderBy(desc(versions.version)),
  );
}

export function findVisible(db: Database, version: string): Promise<StoredVersion | null> {
  return findOne(db, and(eq(versions.version, version), eq(versions.status, 'visible')));
}

/** Whether another run has ever published a version of this number; it may have been removed since. */
export async function isNumberUsed(db: Database, version: string, runId: number): Promise<boolean> {
  const used = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.version, version), ne(runs.id, runId)))
    .limit(1);
  return used.length > 0;
}

/** The version that a task has uploaded or is uploading. */
export function findOfTask(db: Database, taskId: string): Promise<StoredVersion | null> {
  return findOne(db, isOfTask(taskId));
}

/**
 * What is known when a part of that version comes, in one statement, because there are hundreds: its artifact, and the part
 * if it is stored and verified. Null when there is no such version or artifact.
 */
export async function findForPart(
  db: Database,
  { taskId, name, number }: { taskId: string; name: string; number: number },
): Promise<{ version: VersionRow; artifact: ArtifactRow; stored: PartRow | null } | null> {
  const [found] = await db
    .select({ version: versions, artifact: artifacts, stored: parts })
    .from(versions)
    .innerJoin(artifacts, and(eq(artifacts.versionId, versions.id), eq(artifacts.name, name)))
    .leftJoin(
      parts,
      and(eq(parts.versionId, versions.id), eq(parts.artifact, name), eq(parts.number, number)),
    )
    .where(isOfTask(taskId));
  return found ?? null;
}

function isOfTask(taskId: string): SQL | undefined {
  return and(eq(versions.taskId, taskId), inArray(versions.status, ['staged', 'visible']));
}

/** The oldest removed versions that still have files. */
export async function listRemoved(db: Database, limit: number): Promise<StoredVersion[]> {
  return withArtifacts(
    db,
    await db
      .select()
      .from(versions)
      .where(eq(versions.status, 'removed'))
      .orderBy(asc(versions.id))
      .limit(limit),
  );
}

async function findOne(db: Database, where: SQL | undefined): Promise<StoredVersion | null> {
  const [found] = await withArtifacts(db, await db.select().from(versions).where(where));
  return found ?? null;
}

async function withArtifacts(db: Database, rows: VersionRow[]): Promise<StoredVersion[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const all = await db
    .select()
    .from(artifacts)
    .where(inArray(artifacts.versionId, ids))
    .orderBy(asc(artifacts.position));
  return rows.map((version) => ({
    version,
    artifacts: all.filter(({ versionId }) => versionId === version.id),
  }));
}

/** Every part of the version that is stored and verified. */
export function listParts(db: Database, versionId: number): Promise<PartRow[]> {
  return db.select().from(parts).where(eq(parts.versionId, versionId)).orderBy(asc(parts.number));
}

/**
 * Opens a task's version for upload in one transaction, if the condition `held` is met. An upload of the same files
 * goes on; one of other files is replaced.
 */
export async function stageVersion(
  db: Database,
  row: Omit<VersionRow, 'id' | 'status'>,
  files: readonly Artifact[],
  held: SQL,
): Promise<void> {
  const { taskId, announced, manifest, quality, touchedAt } = row;
  const staged = sql`${versions.taskId} = ${taskId} AND ${versions.status} = 'staged' AND ${held}`;
  const same = sql`${staged} AND ${versions.announced} = ${announced}`;
  await db.batch([
    db
      .update(versions)
      .set({ status: 'removed' })
      .where(sql`${staged} AND ${versions.announced} <> ${announced}`),
    db.update(versions).set({ manifest, quality, touchedAt }).where(same),
    db.run(sql`INSERT INTO versions
        (version, status, task_id, run_id, filename, manifest, quality, announced, touched_at)
      SELECT ${row.version}, 'staged', ${taskId}, ${row.runId}, ${row.filename}, ${manifest}, ${quality},
        ${announced}, ${touchedAt}
      WHERE ${held} ON CONFLICT DO NOTHING`),
    db.run(sql`INSERT INTO artifacts (version_id, position, name, size, sha256)
      SELECT ${versions.id}, file.key, file.value ->> 'name', file.value ->> 'size', file.value ->> 'sha256'
      FROM ${versions}, json_each(${JSON.stringify(files)}) AS file
      WHERE ${same} ON CONFLICT DO NOTHING`),
  ]);
}

/**
 * Gives the artifact the ticket of a new upload and forgets the parts of the one before, unless another call has done so
 * since it was read. Answers with the ticket that it has then; an empty one when the artifact is gone.
 */
export async function setTicket(
  db: Database,
  { versionId, name, ticket: known }: ArtifactRow,
  ticket: string,
): Promise<string> {
  const isAsKnown = and(isArtifact(versionId, name), sql`${artifacts.ticket} IS ${known}`);
  const asKnown = db.select({ one: sql`1` }).from(artifacts).where(isAsKnown);
  const [, , [now]] = await db.batch([
    db
      .delete(parts)
      .where(and(eq(parts.versionId, versionId), eq(parts.artifact, name), sql`EXISTS ${asKnown}`)),
    db.update(artifacts).set({ ticket }).where(isAsKnown),
    db.select({ ticket: artifacts.ticket }).from(artifacts).where(isArtifact(versionId, name)),
  ]);
  return now?.ticket ?? '';
}

/**
 * Counts a stored part, if `held` is met, the version is still staged and the artifact's upload still the one with this
 * ticket; false when it was not.
 */
export async function recordPart(
  db: Database,
  part: PartRow,
  { ticket, held, now }: { ticket: string; held: SQL; now: number },
): Promise<boolean> {
  const [recorded] = await db.batch([
    db.all(sql`INSERT INTO parts (version_id, artifact, number, sha256, receipt)
      SELECT ${versions.id}, ${artifacts.name}, ${part.number}, ${part.sha256}, ${part.receipt}
      FROM ${versions} JOIN ${artifacts} ON ${artifacts.versionId} = ${versions.id}
      WHERE ${versions.id} = ${part.versionId} AND ${versions.status} = 'staged' AND ${held}
        AND ${artifacts.name} = ${part.artifact} AND ${artifacts.ticket} = ${ticket}
      ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, receipt = excluded.receipt RETURNING 1`),
    db
      .update(versions)
      .set({ touchedAt: now })
      .where(and(eq(versions.id, part.versionId), held)),
  ]);
  return recorded.length > 0;
}

/** These artifacts of the version are objects of the store now. */
export async function recordCompletion(db: Database, versionId: number, names: string[]): Promise<void> {
  if (names.length === 0) return;
  await db
    .update(artifacts)
    .set({ isComplete: true })
    .where(and(eq(artifacts.versionId, versionId), inArray(artifacts.name, names)));
}

/**
 * Makes a staged version visible, notes it with its run and in the receipts of exclusions, and enqueues the event, all or
 * nothing: false when `allowed` is not met, or when another version of that number is visible.
 */
export async function showVersion(
  db: Database,
  { id, version, runId, taskId }: VersionRow,
  counts: { performers: number; faces: number },
  { allowed, now: at }: { allowed: SQL; now: number },
): Promise<boolean> {
  const isVisible = sql`EXISTS (SELECT 1 FROM versions WHERE id = ${id} AND status = 'visible')`;
  const [shown] = await db.batch([
    db.all(sql`UPDATE OR IGNORE versions SET status = 'visible'
      WHERE id = ${id} AND status = 'staged' AND ${allowed} RETURNING 1`),
    recordVersion(db, runId, { version, ...counts }, isVisible),
    giveReceipts(db, { taskId, version, at }, isVisible),
    enqueueEvent(db, 'version.published', { runId, at }, isVisible),
  ]);
  return shown.length > 0;
}

/** Hides visible versions; answers with those that were. */
export async function hideVersions(db: Database, numbers: readonly string[]): Promise<string[]> {
  const rows = await db
    .update(versions)
    .set({ status: 'removed' })
    .where(and(inArray(versions.version, [...numbers]), eq(versions.status, 'visible')))
    .returning({ version: versions.version });
  return rows.map(({ version }) => version);
}

/** Gives up uploads for which nothing has come since `before`. */
export async function hideAbandoned(db: Database, before: number): Promise<void> {
  await db
    .update(versions)
    .set({ status: 'removed' })
    .where(and(eq(versions.status, 'staged'), lt(versions.touchedAt, before)));
}

/** Forgets artifacts whose uploads were given up, and removed versions whose files are gone. */
export async function deleteSwept(
  db: Database,
  swept: { artifacts: readonly ArtifactRow[]; versionIds: number[] },
): Promise<void> {
  const names = JSON.stringify(swept.artifacts.map(({ versionId, name }) => [versionId, name]));
  await db.batch([
    db.run(sql`DELETE FROM artifacts WHERE (version_id, name) IN
      (SELECT value ->> 0, value ->> 1 FROM json_each(${names}))`),
    db.delete(parts).where(inArray(parts.versionId, swept.versionIds)),
    db.delete(artifacts).where(inArray(artifacts.versionId, swept.versionIds)),
    db.delete(versions).where(inArray(versions.id, swept.versionIds)),
  ]);
}

function isArtifact(versionId: number, name: string): SQL | undefined {
  return and(eq(artifacts.versionId, versionId), eq(artifacts.name, name));
}
