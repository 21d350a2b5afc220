import type { Runner } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
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

/** Whether the lease got somewhere: a lapse after progress is bad luck, one without is perhaps the task's fault. */
const hasProgressed = (of: typeof tasks | typeof candidate): SQL =>
  sql`json_extract(${of.progress}, '$.performers_processed') > ${of.grantProcessed}`;

/** Lapses in a row without progress, the one of a lease that has just lapsed included. */
export const lapsesOf = (of: typeof tasks | typeof candidate): SQL<number> =>
  sql`CASE WHEN ${of.status} <> 'leased' THEN ${of.lapses} WHEN ${hasProgressed(of)} THEN 0 ELSE ${of.lapses} + 1 END`;

/** Ready, or leased to somebody whose time is over: expiry is judged here, at the moment of asking. */
const isFree = (of: typeof tasks | typeof candidate, now: number): SQL | undefined =>
  or(eq(of.status, 'ready'), and(eq(of.status, 'leased'), lte(of.leaseExpiresAt, now)));

/**
 * The statement that hands out a task: it picks the first free task of a running run, marks it and raises its
 * fencing number. The lease belongs to the token `tokenId`. Tasks of a run that has begun in another catalog are left alone, those of `notSources` and those of kinds that the runner does not work; and everything
 * unless `onlyIf` is met.
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
        eq(runs.status, 'running'),
        sql`${lapsesOf(candidate)} < ${limits.maxAttempts}`,
        sql`NOT EXISTS ${elsewhere}`,
        or(isNull(candidate.source), notInArray(candidate.source, [...notSources])),
        runner.kinds && inArray(sql`${candidate.kind}`, runner.kinds),
      ),
    )
    .orderBy(asc(candidate.runId), asc(candidate.position))
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

export interface Look {
  /** Claimed for the runner. */
  task: TaskRow | null;
  /** The runner has asked again since, so nobody waits for this answer. */
  isOvertaken: boolean;
  /** A run was stopped, and a lease of this runner's has not heard of it. */
  mustBeat: boolean;
}

/** One look on behalf of the runner's request `poll`: claims a task if there is one and a slot is free. */
export async function lookForWork(
  deps: Need,
  runner: Runner,
  caller: Pick<Caller, 'tokenId' | 'sessionHash'>,
  poll: number,
): Promise<Look> {
  const { db, clock } = deps;
  const { runner_id: id } = runner;
  const news = db
    .select({ newest: runners.poll, mustBeat: sql<number>`exists ${unheardStop(deps, id)}` })
    .from(runners)
    .where(eq(runners.id, id));
  if (runner.free_slots === 0) return toLook(undefined, await news, poll);
  const notSources = await betterElsewhere(deps, runner);
  const now = clock.now();
  // The token may have been revoked while the request waited.
  const onlyIf = and(isNewestPoll(db, id, poll), isStillLetIn(db, caller, now));
  const claim = claimTask(db, runner, notSources, now, { tokenId: caller.tokenId, onlyIf });
  const [[task], known] = await db.batch([claim, news]);
  return toLook(task, known, poll);
}

function toLook(
  task: TaskRow | undefined,
  [known]: { newest: number; mustBeat: number }[],
  poll: number,
): Look {
  return { task: task ?? null, isOvertaken: known?.newest !== poll, mustBeat: known?.mustBeat === 1 };
}

/** Leases of stopping runs that have not beaten since the stop was asked for. */
function unheardStop({ db, clock, timings }: Need, runnerId: string): SQL {
  const beatenAt = sql`${tasks.leaseExpiresAt} - ${timings.leaseTtlMs}`;
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
        sql`${beatenAt} < ${runs.stoppingAt}`,
      ),
    );
  return sql`${unheard}`;
}

/** Sources that this runner cannot serve, or knows nothing of, while another one that is online, at the same catalog, can. */
async function betterElsewhere(
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
