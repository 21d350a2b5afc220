import { createHash } from 'node:crypto';
import { withCleanUp } from '@trainer/async/with-clean-up';
import { configOfSource } from '@trainer/contract/config';
import type { SourceId } from '@trainer/contract/sources';
import pLimit from 'p-limit';
import { z } from 'zod';
import { runKey } from '../catalog/fences.ts';
import { findLookUp } from '../catalog/look-ups.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { Engines } from '../engines/engines.ts';
import { type ListExclusions, openGuard } from '../exclusions/open-guard.ts';
import { SourceChanged } from '../http/request-errors.ts';
import type { Task, TaskResult } from '../lease/task.ts';
import { readBookmark, readFaceSettings } from '../pictures/face-settings.ts';
import type { Bookmark } from '../progress/checkpoint.ts';
import { inOrder } from '../progress/in-order.ts';
import { type Ledger, openLedger, type Place } from '../progress/progress-writer.ts';
import type { EnrichSource } from '../sources/base/enrich-source.ts';
import {
  createYieldTracker,
  noYield,
  type SourceYield,
  sourceYield,
  type YieldTracker,
} from '../sources/page/drift/yield-tracker.ts';
import type { SourceRegistry } from '../sources/registry.ts';
import { commitEnriched } from './commit-enriched.ts';
import { type EnrichContext, enrichPerformer, keyOf } from './enrich-performer.ts';
import { type Candidate, linkedSite, openRoster, type Roster } from './list-candidates.ts';
import { questionOf } from './look-up-query.ts';

export interface EnrichDeps {
  catalog: CatalogWriter;
  engines: Engines;
  listExclusions: ListExclusions;
  now: () => Date;
  sources: Pick<SourceRegistry, 'known' | 'openEnrich'>;
}

/** Performers worked on at once, the one in hand included: a source answers one at a time, and the rest is inference. */
const AHEAD = 3;

const walkSchema = z.object({
  /** The last performer who was dealt with. */
  after: z.int().nonnegative(),
  /** `runKey` of the run that has gone through everybody, until another one begins anew. */
  finishedIn: z.string().nullable().catch(null),
  /** Performers who were dealt with while an ingest was open: larger ids than `from`, up to `to`. Any of them may have changed since. */
  recheck: z.object({ from: z.int(), to: z.int() }).catch({ from: 0, to: 0 }),
  /** What the source used to yield. */
  history: sourceYield,
});
type Walk = z.infer<typeof walkSchema>;

const newWalk: Walk = { after: 0, finishedIn: null, recheck: { from: 0, to: 0 }, history: noYield };

/** How long a task that is through waits for more performers, s: long enough that a day of ingest costs it few hundred leases. */
const AGAIN_IN_S = 300;

/**
 * Goes through the performers that the catalog knows, by ascending id from where the last task stopped, and asks one source
 * about each of them: page → images → fetch → analyse → validate → commit. A performer, its faces, what the source said, and
 * the place to go on from are one transaction. It creates no performers.
 *
 * While an ingest of the run is open, the task waits for more performers when it is through. Under a lease that was granted after
 * the last ingest, it ends with a second look at those who have changed since it dealt with them.
 *
 * @returns `waiting` while performers may follow; `paused` when the source's yield collapsed; what was committed stays, as it does after an error
 * @throws SourceBlocked, PackError or EngineError when the source or the models cannot be used, or the reason of `task.signal`
 */
export async function enrich(task: Task, sourceId: SourceId, deps: EnrichDeps): Promise<TaskResult> {
  const { lease } = task;
  const { title = sourceId, modes = [] } = deps.sources.known.find(sourceId) ?? {};
  const mode = lease.params.reference_mode;
  if (modes.length > 0 && !modes.includes(mode)) {
    return {
      outcome: 'skipped',
      reason: `${title} can only be asked by ${modes.join(' or ')}, not by ${mode}`,
    };
  }
  const demands = await readFaceSettings(task, sourceId, deps.engines);
  if (!demands) return { outcome: 'skipped', reason: `${title}: this run wants no faces from it` };
  const walkName = modes.length > 0 ? `${sourceId}:${mode}` : sourceId;
  const opened = await readBookmark(lease, sourceId, walkName, demands, deps);
  const stored = walkSchema.safeParse(opened.bookmark.cursor);
  const walk = stored.success ? stored.data : newWalk;
  if (walk.finishedIn === runKey(lease)) return { outcome: 'done' };
  const cut = new AbortController();
  const context = await openContext(task, sourceId, demands, opened.bookmark, walk.history, deps, cut.signal);
  const work = async () => {
    const ledger = await openLedger({
      catalog: deps.catalog,
      lease,
      bookmarkKey: opened.key,
      bookmark: opened.bookmark,
      traffic: context.source.traffic,
      report: task.report,
    });
    // Only those with an address at the site can be asked for by one.
    const roster = openRoster(
      deps.catalog,
      modes.length > 0 && mode === 'url' ? linkedSite(deps.sources.known, sourceId) : null,
    );
    return goThrough(roster, opened.isWider ? { ...walk, after: 0 } : walk, ledger, context, task);
  };
  try {
    return await withCleanUp(work, () => {
      cut.abort(new Error('the task has ended'));
      return context.source.close();
    });
  } catch (error) {
    if (!(error instanceof SourceChanged)) throw error;
    return { outcome: 'paused', reason: error.message };
  }
}

async function openContext(
  task: Task,
  sourceId: SourceId,
  demands: NonNullable<Awaited<ReturnType<typeof readFaceSettings>>>,
  { policy, policySince }: Bookmark,
  history: SourceYield,
  deps: EnrichDeps,
  cut: AbortSignal,
): Promise<EnrichContext> {
  const { lease, log } = task;
  const config = configOfSource(lease.config, sourceId);
  const { catalog, now } = deps;
  const guard = await openGuard(catalog, deps.listExclusions, AbortSignal.any([task.stop, task.signal]));
  const tracker = createYieldTracker(history);
  return {
    catalog,
    guard,
    source: openSource(task, sourceId, tracker, deps),
    sourceId,
    mode: lease.params.reference_mode,
    genderFilter: config.gender_filter,
    faces: {
      ...demands,
      policySince,
      time: { isFull: lease.params.full, now: now() },
      excludedBy: guard.faceJudge(demands.pack, demands.engine.pack.matching),
    },
    judgedWith: createHash('sha256').update(policy).digest('hex').slice(0, 16),
    tracker,
    oneLookUp: pLimit(1),
    now,
    signal: AbortSignal.any([task.signal, cut]),
    log,
  };
}

function openSource(
  { lease, log, stop }: Task,
  sourceId: SourceId,
  tracker: YieldTracker,
  { sources }: EnrichDeps,
): EnrichSource {
  const config = configOfSource(lease.config, sourceId);
  const isSite = sources.known.find(sourceId)?.kind === 'reference-site';
  if (isSite && !config.respect_robots) {
    log.warn('What its robots.txt forbids is asked for all the same, as the configuration says');
  }
  const say = (message: string) => log.warn(message);
  const { user_agent: userAgent } = lease.config;
  return sources.openEnrich(sourceId, { config, userAgent, tracker, onWait: say, stop, onWarning: say });
}

async function goThrough(
  roster: Roster,
  { after: from, recheck: stored }: Walk,
  ledger: Ledger,
  context: EnrichContext,
  { stop, lease }: Task,
): Promise<TaskResult> {
  const { tracker } = context;
  const { ingest_open: isIngestOpen = false } = lease;
  let [last, recheck] = [from, stored];
  const here = (): Place => ({
    cursor: { after: last, finishedIn: null, recheck, history: tracker.remembered() } satisfies Walk,
    scan: null,
    remoteId: String(last),
  });
  const left = await roster.count(from);
  await ledger.setTotal(ledger.progress().performers_processed + left);
  const work = (candidate: Candidate, dropped: AbortSignal) =>
    enrichPerformer(candidate, { ...context, signal: AbortSignal.any([context.signal, dropped]) });
  const walk = async () => {
    for await (const enriched of inOrder(roster.read(from), work, { ahead: AHEAD, stop })) {
      last = enriched.candidate.held.id;
      if (isIngestOpen) recheck = { from: 0, to: last };
      await commitEnriched(enriched, here, ledger, context);
    }
    if (isIngestOpen || stop.aborted) return;
    const again = { ...context, isSecondLook: true };
    for await (const enriched of inOrder(readChanged(roster, recheck, context), work, { ahead: AHEAD, stop })) {
      recheck = { ...recheck, from: enriched.candidate.held.id };
      if (enriched.kind === 'asked') await commitEnriched(enriched, here, ledger, again);
    }
  };
  await withCleanUp(walk, () => (context.signal.aborted ? undefined : ledger.flush()));
  if (stop.aborted) return { outcome: 'stopped' };
  if (isIngestOpen) return { outcome: 'waiting', reason: 'waits for more performers', againInS: AGAIN_IN_S };
  const finished: Walk = { ...newWalk, finishedIn: runKey(lease), history: tracker.remembered() };
  await ledger.finish(finished);
  return { outcome: 'done' };
}

/** Performers of this range whom the source was asked another question about, or none so far. */
async function* readChanged(
  roster: Roster,
  { from, to }: Walk['recheck'],
  context: EnrichContext,
): AsyncGenerator<Candidate> {
  for await (const candidate of roster.read(from)) {
    if (candidate.held.id > to) return;
    const before = await findLookUp(context.catalog, keyOf(candidate, context));
    const { askedWith } = questionOf(candidate, context.mode, context.source);
    if (before?.askedWith !== askedWith) yield candidate;
  }
}
