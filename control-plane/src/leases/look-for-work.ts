import type { Runner } from '@trainer/contract/leases';
import type { SourceId } from '@trainer/contract/sources';
import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import { isLeased, runners, runs, type TaskRow, tasks } from '../db/schema/runs.ts';
import type { Caller } from '../http/app-env.ts';
import { isNewestPoll, listRunners } from '../runners/store.ts';
import { isStillLetIn } from '../tokens/store.ts';
import { claimTask } from './claim-task.ts';

type Need = Pick<Deps, 'db' | 'clock' | 'tempo'>;

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
function unheardStop({ db, clock, tempo }: Need, runnerId: string): SQL {
  const beatenAt = sql`${tasks.leaseExpiresAt} - ${tempo.leaseTtlMs}`;
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
