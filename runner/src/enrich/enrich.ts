import { createHash } from 'node:crypto';
import { withCleanUp } from '@trainer/async/with-clean-up';
import { configOfSource } from '@trainer/contract/config';
import type { SourceId } from '@trainer/contract/sources';
import pLimit from 'p-limit';
import { z } from 'zod';
import { runKey } from '../catalog/fences.ts';
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
import { type EnrichContext, enrichPerformer } from './enrich-performer.ts';
import { linkedSite, openPerformerIterator, type PerformerIterator } from './list-candidates.ts';

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
  /** What the source used to yield. */
  history: sourceYield,
});
type EnrichCursor = z.infer<typeof enrichCursor>;

const initialCursor: EnrichCursor = { after: 0, finishedIn: null, history: noYield };

/**
 * Goes through the performers that the catalog knows, by ascending id from where the last task stopped, and asks one source
 * about each of them: page → images → fetch → analyse → validate → commit. A performer, its faces, what the source said, and
 * the place to go on from are one transaction. It creates no performers.
 *
 * @returns `paused` when the source's yield collapsed; what was committed stays, as it does after an error
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
    return enrichAll(performers, opened.needsFullScan ? 0 : start.after, writer, context, task);
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
  from: number,
  writer: ProgressWriter,
  context: EnrichContext,
  { stop, lease }: Task,
): Promise<TaskResult> {
  const { tracker } = context;
  const positionAt = (after: number, finishedIn: string | null = null): Position => ({
    cursor: { after, finishedIn, history: tracker.remembered() } satisfies EnrichCursor,
    scan: null,
    remoteId: String(after),
  });
  const left = await performers.count(from);
  await writer.setTotal(writer.progress().performers_processed + left);
  let last = from;
  const enrichEach = async () => {
    const work = (candidate: Parameters<typeof enrichPerformer>[0], dropped: AbortSignal) =>
      enrichPerformer(candidate, { ...context, signal: AbortSignal.any([context.signal, dropped]) });
    for await (const enriched of inOrder(performers.read(from), work, { ahead: AHEAD, stop })) {
      last = enriched.candidate.held.id;
      await commitEnriched(enriched, () => positionAt(last), writer, context);
    }
  };
  await withCleanUp(enrichEach, () => (context.signal.aborted ? undefined : writer.flush()));
  if (stop.aborted) return { outcome: 'stopped' };
  await writer.finish(positionAt(0, runKey(lease)).cursor);
  return { outcome: 'done' };
}
