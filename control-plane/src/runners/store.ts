import { type Runner, type StoredRunner, storedRunnerSchema } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import { safeName, text } from '@trainer/contract/primitives';
import { and, desc, eq, exists, gt, lt, ne, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import type { Database } from '../db/open.ts';
import { isLeased, runners, tasks } from '../db/schema/runs.ts';
import { tokens } from '../db/schema/tokens.ts';
import type { Mismatch } from '../http/protocol.ts';
import { announceSources } from '../sources/store.ts';
import { isValidToken } from '../tokens/store.ts';

/** `lastSeenAt` is updated by heartbeats this often at most, ms. */
const SEEN_EVERY_MS = 10_000;

export interface SeenRunner {
  about: StoredRunner;
  lastSeenAt: number;
  /** It sent a request within `limits.runnerOnlineMs` and was not refused. */
  isOnline: boolean;
}

/**
 * Stores what a runner reports about itself and numbers its poll. The leases of a restarted runner's former instance expire in the
 * same transaction, so that it can claim their tasks at once.
 *
 * @returns whether its source definitions differ from those of its last poll
 */
export async function rememberRunner(
  db: Database,
  about: Runner,
  tokenId: number | null,
  now: number,
): Promise<{ poll: number; hasNewSources: boolean }> {
  const row = {
    id: about.runner_id,
    catalogId: about.catalog_id,
    about: JSON.stringify(about),
    lastSeenAt: now,
  };
  const definitions = about.definitions && JSON.stringify(about.definitions);
  const [[former], , , [remembered]] = await db.batch([
    db
      .select({ definitions: sql<string | null>`${runners.about} -> '$.definitions'` })
      .from(runners)
      .where(eq(runners.id, about.runner_id)),
    lapseFormerLeases(db, about, tokenId, now),
    db.all(announceSources(about, now)),
    db
      .insert(runners)
      .values({ ...row, poll: 1 })
      .onConflictDoUpdate({ target: runners.id, set: { ...row, poll: sql`${runners.poll} + 1` } })
      .returning({ poll: runners.poll }),
  ]);
  if (!remembered) throw new Error('The runner was not stored');
  const hasNewSources = definitions !== undefined && former?.definitions !== definitions;
  return { poll: remembered.poll, hasNewSources };
}

/** Stores a refusal without a new poll number: a pending poll of the runner may still be answered. */
async function noteRefusal(db: Database, about: StoredRunner, now: number): Promise<void> {
  const row = { about: JSON.stringify(about), lastSeenAt: now };
  await db
    .insert(runners)
    .values({ ...row, id: about.runner_id, catalogId: about.catalog_id })
    .onConflictDoUpdate({ target: runners.id, set: row });
}

/**
 * The condition that `poll` is the runner's newest poll. Only the newest poll of a runner may claim; older polls return empty. On
 * platforms that cannot detect a disconnected client this is the only sign of one.
 */
export function isNewestPoll(db: Database, runnerId: string, poll: number): SQL {
  return sql`exists ${db
    .select({ one: sql`1` })
    .from(runners)
    .where(and(eq(runners.id, runnerId), eq(runners.poll, poll)))}`;
}

/** Leases of another valid token are kept: a runner's id is not a secret. */
function lapseFormerLeases(db: Database, about: Runner, tokenId: number | null, now: number) {
  const former = db
    .select({ one: sql`1` })
    .from(runners)
    .where(
      and(
        eq(runners.id, about.runner_id),
        sql`json_extract(${runners.about}, '$.instance_id') <> ${about.instance_id ?? null}`,
      ),
    );
  const isOthers = and(
    ne(tasks.tokenId, tokenId ?? -1),
    exists(
      db
        .select({ one: sql`1` })
        .from(tokens)
        .where(and(eq(tokens.id, tasks.tokenId), isValidToken(now))),
    ),
  );
  return db
    .update(tasks)
    .set({ leaseExpiresAt: now })
    .where(
      and(
        isLeased,
        eq(tasks.runnerId, about.runner_id),
        gt(tasks.leaseExpiresAt, now),
        exists(former),
        sql`NOT coalesce(${isOthers}, 0)`,
      ),
    );
}

/** Whether a request for work of another runner may be waiting: every runner that was seen since the longest poll counts. */
export async function mayOthersWait(db: Database, id: string, now: number): Promise<boolean> {
  const others = await db
    .select({ id: runners.id })
    .from(runners)
    .where(and(ne(runners.id, id), gt(runners.lastSeenAt, now - limits.longPollMaxMs)))
    .limit(1);
  return others.length > 0;
}

/** Heartbeats update `lastSeenAt` too, because a runner without a free slot polls rarely. */
export async function touchRunner(db: Database, id: string, now: number): Promise<void> {
  await db
    .update(runners)
    .set({ lastSeenAt: now })
    .where(and(eq(runners.id, id), lt(runners.lastSeenAt, now - SEEN_EVERY_MS)));
}

/** Every stored runner, the last seen first. */
export async function listRunners(db: Database, now: number): Promise<SeenRunner[]> {
  const rows = await db.select().from(runners).orderBy(desc(runners.lastSeenAt));
  return rows.map((row) => {
    const about = storedRunnerSchema.parse(JSON.parse(row.about));
    const isOnline = about.refused === undefined && row.lastSeenAt > now - limits.runnerOnlineMs;
    return { about, lastSeenAt: row.lastSeenAt, isOnline };
  });
}

/** The tasks that are leased now, with their runners. */
export function heldTasks(db: Database, now: number): Promise<{ runnerId: string | null; taskId: string }[]> {
  return db
    .select({ runnerId: tasks.runnerId, taskId: tasks.id })
    .from(tasks)
    .where(and(isLeased, gt(tasks.leaseExpiresAt, now)));
}

/** The fields that are read from a request in an unsupported protocol; unreadable ones take a default. */
const refusedRequestSchema = z.object({
  runner_id: safeName,
  name: text(100).min(1).catch('a runner'),
  version: text(40).catch('unknown'),
  catalog_id: safeName.catch('unknown'),
  device: text(100).catch(''),
});

/**
 * Stores a runner that was refused because of its protocol, so that the dashboard shows it with the reason. It gets no work and
 * serves no source. A request without a runner id is not stored.
 */
export async function noteRefusedRunner(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  body: unknown,
  { verdict, program, reason }: Mismatch,
): Promise<void> {
  const { data: minimal } = refusedRequestSchema.safeParse(body);
  if (!minimal) return;
  const known = storedRunnerSchema.safeParse(body);
  const about: StoredRunner = {
    ...(known.success ? known.data : { ...minimal, packs: [], sources: [], free_slots: 0 }),
    version: program?.version ?? minimal.version,
    refused: { verdict, reason },
  };
  await noteRefusal(db, about, clock.now());
}
