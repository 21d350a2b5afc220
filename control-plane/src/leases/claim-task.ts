import type { Runner } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import { finalTaskStatuses } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { and, asc, eq, gt, inArray, isNull, lte, ne, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Caller } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import type { Database } from '../db/open.ts';
import { isLeased, runners, runs, type TaskRow, tasks } from '../db/schema/runs.ts';
import { isNewestPoll, listRunners } from '../runners/store.ts';
import { isStillLetIn } from '../tokens/store.ts';

const candidate = alias(tasks, 'candidate');
const neighbour = alias(tasks, 'neighbour');
const ingest = alias(tasks, 'ingest');

/** Whether the lease made progress. An expiry without progress may be caused by the task itself, so only those are counted. */
const hasProgressed = (of: typeof tasks | typeof candidate): SQL =>
  sql`json_extract(${of.progress}, '$.performers_processed') > ${of.grantProcessed}`;

/** Expiries in a row without progress, including that of a lease that has just expired. */
export const lapsesOf = (of: typeof tasks | typeof candidate): SQL<number> =>
  sql`CASE WHEN ${of.status} <> 'leased' THEN ${of.lapses} WHEN ${hasProgressed(of)} THEN 0 ELSE ${of.lapses} + 1 END`;

/** Ready, or leased with an expired lease. Expiry is evaluated at query time. */
const isFree = (of: typeof tasks | typeof candidate, now: number): SQL | undefined =>
  or(eq(of.status, 'ready'), and(eq(of.status, 'leased'), lte(of.leaseExpiresAt, now)));

/** Not waiting for performers: its time has come, or no ingest of its run is open any more. */
function isDue(db: Database, now: number): SQL | undefined {
  const openIngest = db
    .select({ one: sql`1` })
    .from(ingest)
    .where(
      and(
        eq(ingest.runId, candidate.runId),
        eq(ingest.kind, 'ingest'),
        notInArray(ingest.status, [...finalTaskStatuses]),
      ),
    );
  return or(isNull(candidate.notBefore), lte(candidate.notBefore, now), sql`NOT EXISTS ${openIngest}`);
}

/**
 * The statement that claims a task: it selects the first free task of a running run, those that have not waited yet before those
 * that have, leases it and increments its
 * fencing number. The lease belongs to the token `tokenId`. Excluded are tasks of a run
 * that has begun in another catalog, tasks that wait for performers, tasks of `notSources`, and kinds that the runner does not support. It claims nothing unless
 * `onlyIf` is met.
 */
export function claimTask(
  db: Database,
  runner: Runner,
  notSources: readonly SourceId[],
  now: number,
  { tokenId = null, onlyIf }: { tokenId?: number | null; onlyIf?: SQL | undefined } = {},
) {
  const elsewhere = db
    .select({ one: sql`1` })
    .from(neighbour)
    .where(and(eq(neighbour.runId, candidate.runId), ne(neighbour.catalogId, runner.catalog_id)));
  const first = db
    .select({ id: candidate.id })
    .from(candidate)
    .innerJoin(runs, eq(runs.id, candidate.runId))
    .where(
      and(
        // Repeated as it stands in the partial index, which is used only then.
        sql`${candidate.status} IN ('ready', 'leased')`,
        isFree(candidate, now),
        isDue(db, now),
        eq(runs.status, 'running'),
        sql`${lapsesOf(candidate)} < ${limits.maxAttempts}`,
        sql`NOT EXISTS ${elsewhere}`,
        or(isNull(candidate.source), notInArray(candidate.source, [...notSources])),
        runner.kinds && inArray(sql`${candidate.kind}`, runner.kinds),
      ),
    )
    .orderBy(asc(candidate.runId), asc(sql`coalesce(${candidate.notBefore}, 0)`), asc(candidate.position))
    .limit(1);
  return db
    .update(tasks)
    .set({
      status: 'leased',
      reason: `leased to ${runner.name}`,
      actor: runner.name,
      fence: sql`${tasks.fence} + 1`,
      attempts: sql`${tasks.attempts} + 1`,
      lapses: lapsesOf(tasks),
      grantProcessed: sql`json_extract(${tasks.progress}, '$.performers_processed')`,
      beats: 0,
      grantedAt: now,
      leaseExpiresAt: now + limits.firstHeartbeatMs,
      startedAt: sql`coalesce(${tasks.startedAt}, ${now})`,
      runnerId: runner.runner_id,
      runnerName: runner.name,
      tokenId,
      catalogId: runner.catalog_id,
    })
    .where(and(sql`${tasks.id} = (${first})`, isFree(tasks, now), onlyIf))
    .returning();
}

type Need = Pick<Deps, 'db' | 'clock' | 'timings'>;

export interface PollResult {
  /** Claimed for the runner. */
  task: TaskRow | null;
  /** The runner has sent a newer poll, so this answer is not awaited. */
  isOvertaken: boolean;
  /** A run was stopped, and a lease of this runner has sent no heartbeat since. */
  mustBeat: boolean;
}

/** Queries once for the runner's poll number `poll`: claims a task if one is free and the runner has a free slot. */
export async function pollWork(
  deps: Need,
  runner: Runner,
  caller: Pick<Caller, 'tokenId' | 'sessionHash'>,
  poll: number,
): Promise<PollResult> {
  const { db, clock } = deps;
  const { runner_id: id } = runner;
  const news = db
    .select({ newest: runners.poll, mustBeat: sql<number>`exists ${unreportedStop(deps, id)}` })
    .from(runners)
    .where(eq(runners.id, id));
  if (runner.free_slots === 0) return toPollResult(undefined, await news, poll);
  const notSources = await servedByOthersOnly(deps, runner);
  const now = clock.now();
  // The token may have been revoked while the request waited.
  const onlyIf = and(isNewestPoll(db, id, poll), isStillLetIn(db, caller, now));
  const claim = claimTask(db, runner, notSources, now, { tokenId: caller.tokenId, onlyIf });
  const [[task], known] = await db.batch([claim, news]);
  return toPollResult(task, known, poll);
}

function toPollResult(
  task: TaskRow | undefined,
  [known]: { newest: number; mustBeat: number }[],
  poll: number,
): PollResult {
  return { task: task ?? null, isOvertaken: known?.newest !== poll, mustBeat: known?.mustBeat === 1 };
}

/** Leases of stopping runs without a heartbeat since the stop was requested. */
function unreportedStop({ db, clock, timings }: Need, runnerId: string): SQL {
  const heartbeatAt = sql`${tasks.leaseExpiresAt} - ${timings.leaseTtlMs}`;
  const unheard = db
    .select({ one: sql`1` })
    .from(tasks)
    .innerJoin(runs, eq(runs.id, tasks.runId))
    .where(
      and(
        isLeased,
        eq(tasks.runnerId, runnerId),
        gt(tasks.leaseExpiresAt, clock.now()),
        eq(runs.status, 'stopping'),
        sql`${heartbeatAt} < ${runs.stoppingAt}`,
      ),
    );
  return sql`${unheard}`;
}

/** Sources that this runner cannot serve, while another online runner with the same catalog can. */
async function servedByOthersOnly(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  runner: Runner,
): Promise<SourceId[]> {
  const others = (await listRunners(db, clock.now())).filter(
    ({ isOnline, about }) =>
      isOnline && about.runner_id !== runner.runner_id && about.catalog_id === runner.catalog_id,
  );
  const own = servedBy(runner);
  const able = new Set(others.flatMap(({ about }) => servedBy(about)));
  return [...able].filter((id) => !own.includes(id));
}

function servedBy({ sources }: Pick<Runner, 'sources'>): SourceId[] {
  return sources.filter(({ available }) => available).map(({ id }) => id);
}
