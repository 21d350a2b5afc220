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
import { type ListExclusions, openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import { SourceChanged } from '../http/request-errors.ts';
import type { Task, TaskResult } from '../lease/task.ts';
import { readCheckpoint, readFaceSettings } from '../pictures/face-settings.ts';
import type { Checkpoint } from '../progress/checkpoint.ts';
import { inOrder } from '../progress/in-order.ts';
import { openProgressWriter, type Position, type ProgressWriter } from '../progress/progress-writer.ts';
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
import {
  type Candidate,
  linkedSite,
  openPerformerIterator,
  type PerformerIterator,
} from './list-candidates.ts';
import { lookUpQueryOf } from './look-up-query.ts';

export interface EnrichDeps {
  catalog: CatalogWriter;
  engines: Engines;
  listExclusions: ListExclusions;
  now: () => Date;
  sources: Pick<SourceRegistry, 'known' | 'openEnrich'>;
}

/** Performers worked on at once, the one in hand included: a source answers one at a time, and the rest is inference. */
const AHEAD = 3;

const enrichCursor = z.object({
  /** The last performer who was dealt with. */
  after: z.int().nonnegative(),
  /** `runKey` of the run that has gone through everybody, until another one begins anew. */
  finishedIn: z.string().nullable().catch(null),
  /** Performers who were dealt with while an ingest was open: larger ids than `from`, up to `to`. Any of them may have changed since. */
  recheck: z.object({ from: z.int(), to: z.int() }).catch({ from: 0, to: 0 }),
  /** What the source used to yield. */
  history: sourceYield,
});
type EnrichCursor = z.infer<typeof enrichCursor>;

const initialCursor: EnrichCursor = {
  after: 0,
  finishedIn: null,
  recheck: { from: 0, to: 0 },
  history: noYield,
};

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
  const settings = await readFaceSettings(task, sourceId, deps.engines);
  if (!settings) return { outcome: 'skipped', reason: `${title}: this run wants no faces from it` };
  const checkpointName = modes.length > 0 ? `${sourceId}:${mode}` : sourceId;
  const opened = await readCheckpoint(lease, sourceId, checkpointName, settings, deps);
  const stored = enrichCursor.safeParse(opened.checkpoint.cursor);
  const start = stored.success ? stored.data : initialCursor;
  if (start.finishedIn === runKey(lease)) return { outcome: 'done' };
  const cut = new AbortController();
  const context = await openContext(
    task,
    sourceId,
    settings,
    opened.checkpoint,
    start.history,
    deps,
    cut.signal,
  );
  const work = async () => {
    const writer = await openProgressWriter({
      catalog: deps.catalog,
      lease,
      checkpointKey: opened.key,
      checkpoint: opened.checkpoint,
      traffic: context.source.traffic,
      report: task.report,
    });
    // Only those with an address at the site can be asked for by one.
    const performers = openPerformerIterator(
      deps.catalog,
      modes.length > 0 && mode === 'url' ? linkedSite(deps.sources.known, sourceId) : null,
    );
    return enrichAll(
      performers,
      opened.needsFullScan ? { ...start, after: 0 } : start,
      writer,
      context,
      task,
    );
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
  settings: NonNullable<Awaited<ReturnType<typeof readFaceSettings>>>,
  { policy, policySince }: Checkpoint,
  history: SourceYield,
  deps: EnrichDeps,
  cut: AbortSignal,
): Promise<EnrichContext> {
  const { lease, log } = task;
  const config = configOfSource(lease.config, sourceId);
  const { catalog, now } = deps;
  const exclusionFilter = await openExclusionFilter(
    catalog,
    deps.listExclusions,
    AbortSignal.any([task.stop, task.signal]),
  );
  const tracker = createYieldTracker(history);
  return {
    catalog,
    exclusionFilter,
    source: openSource(task, sourceId, tracker, deps),
    sourceId,
    mode: lease.params.reference_mode,
    genderFilter: config.gender_filter,
    faces: {
      ...settings,
      policySince,
      time: { isFull: lease.params.full, now: now() },
      excludedBy: exclusionFilter.faceJudge(settings.pack, settings.engine.pack.matching),
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

async function enrichAll(
  performers: PerformerIterator,
  { after: from, recheck: stored }: EnrichCursor,
  writer: ProgressWriter,
  context: EnrichContext,
  { stop, lease }: Task,
): Promise<TaskResult> {
  const { tracker } = context;
  const { ingest_open: isIngestOpen = false } = lease;
  let [last, recheck] = [from, stored];
  const position = (): Position => ({
    cursor: { after: last, finishedIn: null, recheck, history: tracker.remembered() } satisfies EnrichCursor,
    scan: null,
    remoteId: String(last),
  });
  const left = await performers.count(from);
  await writer.setTotal(writer.progress().performers_processed + left);
  const work = (candidate: Candidate, dropped: AbortSignal) =>
    enrichPerformer(candidate, { ...context, signal: AbortSignal.any([context.signal, dropped]) });
  const enrichEach = async () => {
    for await (const enriched of inOrder(performers.read(from), work, { ahead: AHEAD, stop })) {
      last = enriched.candidate.held.id;
      if (isIngestOpen) recheck = { from: 0, to: last };
      await commitEnriched(enriched, position, writer, context);
    }
    if (isIngestOpen || stop.aborted) return;
    const again = { ...context, isSecondLook: true };
    const changed = readChanged(performers, recheck, context);
    for await (const enriched of inOrder(changed, work, { ahead: AHEAD, stop })) {
      recheck = { ...recheck, from: enriched.candidate.held.id };
      if (enriched.kind === 'asked') await commitEnriched(enriched, position, writer, again);
    }
  };
  await withCleanUp(enrichEach, () => (context.signal.aborted ? undefined : writer.flush()));
  if (stop.aborted) return { outcome: 'stopped' };
  if (isIngestOpen) return { outcome: 'waiting', reason: 'waits for more performers', againInS: AGAIN_IN_S };
  const finished: EnrichCursor = {
    ...initialCursor,
    finishedIn: runKey(lease),
    history: tracker.remembered(),
  };
  await writer.finish(finished);
  return { outcome: 'done' };
}

/** Performers of this range about whom the source was asked otherwise than it would be now, or not at all. */
async function* readChanged(
  performers: PerformerIterator,
  { from, to }: EnrichCursor['recheck'],
  context: EnrichContext,
): AsyncGenerator<Candidate> {
  for await (const candidate of performers.read(from)) {
    if (candidate.held.id > to) return;
    const before = await findLookUp(context.catalog, keyOf(candidate, context));
    const { askedWith } = lookUpQueryOf(candidate, context.mode, context.source);
    if (before?.askedWith !== askedWith) yield candidate;
  }
}
