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

/** A heartbeat as a sign of life is written this often at most, ms. */
const SEEN_EVERY_MS = 10_000;

export interface SeenRunner {
  about: StoredRunner;
  lastSeenAt: number;
  /** Asked for work lately, and may get some. */
  isOnline: boolean;
}

/**
 * Keeps what a runner says about itself, and numbers its request for work. One that was started anew loses the leases of its
 * former instance in the same transaction, so that it can claim their tasks at once.
 *
 * @returns whether it says of its sources something else than when it asked last
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

/** Notes that a runner was refused. It takes no number: a request of it that is under way may still be answered. */
async function noteRefusal(db: Database, about: StoredRunner, now: number): Promise<void> {
  const row = { about: JSON.stringify(about), lastSeenAt: now };
  await db
    .insert(runners)
    .values({ ...row, id: about.runner_id, catalogId: about.catalog_id })
    .onConflictDoUpdate({ target: runners.id, set: row });
}

/**
 * Whether this is still the runner's newest request for work. A runner asks once at a time, so it has given up an older one; nothing
 * else tells of that where a caller's leaving is not seen.
 */
export function isNewestPoll(db: Database, runnerId: string, poll: number): SQL {
  return sql`exists ${db
    .select({ one: sql`1` })
    .from(runners)
    .where(and(eq(runners.id, runnerId), eq(runners.poll, poll)))}`;
}

/** A lease of another token is left alone while that token is valid: a runner's id is no secret. */
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

/** A heartbeat is a sign of life too: a runner with full hands asks for no work. */
export async function touchRunner(db: Database, id: string, now: number): Promise<void> {
  await db
    .update(runners)
    .set({ lastSeenAt: now })
    .where(and(eq(runners.id, id), lt(runners.lastSeenAt, now - SEEN_EVERY_MS)));
}

/** Every runner that was ever seen, the last one first. */
export async function listRunners(db: Database, now: number): Promise<SeenRunner[]> {
  const rows = await db.select().from(runners).orderBy(desc(runners.lastSeenAt));
  return rows.map((row) => {
    const about = storedRunnerSchema.parse(JSON.parse(row.about));
    const isOnline = about.refused === undefined && row.lastSeenAt > now - limits.runnerOnlineMs;
    return { about, lastSeenAt: row.lastSeenAt, isOnline };
  });
}

/** Leases that are held now: which task by which runner. */
export function heldTasks(db: Database, now: number): Promise<{ runnerId: string | null; taskId: string }[]> {
  return db
    .select({ runnerId: tasks.runnerId, taskId: tasks.id })
    .from(tasks)
    .where(and(isLeased, gt(tasks.leaseExpiresAt, now)));
}

/** What is read of a request for work in a protocol that is not spoken here; whatever cannot be read has a default. */
const strangerSchema = z.object({
  runner_id: safeName,
  name: text(100).min(1).catch('a runner'),
  version: text(40).catch('unknown'),
  catalog_id: safeName.catch('unknown'),
  device: text(100).catch(''),
});

/**
 * Remembers a runner that was refused because of its protocol, so that people see it with the reason. It gets no work, so it
 * counts as no runner that could serve anything. A request that does not even say whose it is leaves no trace.
 */
export async function noteRefusedRunner(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  body: unknown,
  { verdict, program, reason }: Mismatch,
): Promise<void> {
  const { data: stranger } = strangerSchema.safeParse(body);
  if (!stranger) return;
  const known = storedRunnerSchema.safeParse(body);
  const about: StoredRunner = {
    ...(known.success ? known.data : { ...stranger, packs: [], sources: [], free_slots: 0 }),
    version: program?.version ?? stranger.version,
    refused: { verdict, reason },
  };
  await noteRefusal(db, about, clock.now());
}
