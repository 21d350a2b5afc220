import { withCleanUp } from '@trainer/async/with-clean-up';
import { configOfSource } from '@trainer/contract/config';
import type { SourceId } from '@trainer/contract/sources';
import { runKey } from '../catalog/fences.ts';
import { isCreator } from '../catalog/source-definitions.ts';
import { forgetScan } from '../catalog/task-state.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { mergeRecords, removeRecord } from '../commit/remove-performer.ts';
import { dropPrivateNames } from '../eligibility/eligibility.ts';
import type { Engines } from '../engines/engines.ts';
import { explainUnknownFaces } from '../exclusions/excluded-faces.ts';
import type { ExclusionFilter } from '../exclusions/exclusion-filter.ts';
import { type ListExclusions, openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import type { Task, TaskResult } from '../lease/task.ts';
import type { Logger } from '../logs/logger.ts';
import { readCheckpoint, readFaceSettings } from '../pictures/face-settings.ts';
import { inOrder } from '../progress/in-order.ts';
import { openProgressWriter, type ProgressWriter } from '../progress/progress-writer.ts';
import type { SourceEvent } from '../sources/base/source.ts';
import type { SourceRegistry } from '../sources/registry.ts';
import { commitPrepared } from './commit-prepared.ts';
import { type IngestContext, type PreparedPerformer, preparePerformer } from './prepare-performer.ts';
import { rememberSource } from './remember-source.ts';

export interface IngestDeps {
  catalog: CatalogWriter;
  sources: Pick<SourceRegistry, 'open'>;
  engines: Engines;
  listExclusions: ListExclusions;
  now: () => Date;
}

/** Performers worked on ahead of the one in hand where no faces are wanted. */
const METADATA_AHEAD = 4;

type Step =
  | Exclude<SourceEvent, { kind: 'performer' }>
  | { kind: 'prepared'; event: Extract<SourceEvent, { kind: 'performer' }>; prepared: PreparedPerformer };

/**
 * Brings the catalog up to date with one source: source → image plan → fetch → analyse → validate → commit. Several performers
 * are worked on ahead; they are committed one by one in the source's order, each with the cursor that goes on after it.
 *
 * @throws SourceBlocked, Retryable, PackError or EngineError when the source or the models cannot be used (what was committed
 * stays), or the reason of `task.signal`
 */
export async function ingest(task: Task, sourceId: SourceId, deps: IngestDeps): Promise<TaskResult> {
  const { lease } = task;
  requireCreator(deps.catalog, sourceId);
  const exclusionFilter = await openExclusionFilter(
    deps.catalog,
    deps.listExclusions,
    AbortSignal.any([task.stop, task.signal]),
  );
  const cut = new AbortController();
  const signal = AbortSignal.any([task.signal, cut.signal]);
  const faces = await readFaceSettings(task, sourceId, deps.engines);
  const config = configOfSource(lease.config, sourceId);
  const { checkpoint, needsFullScan, key } = await readCheckpoint(
    task.lease,
    sourceId,
    sourceId,
    faces,
    deps,
  );
  const source = deps.sources.open(sourceId, config, lease.config.user_agent, {
    onWait: (message) => task.log.warn(message),
    stop: task.stop,
  });
  const context: IngestContext = {
    catalog: deps.catalog,
    source,
    sourceId,
    genderFilter: config.gender_filter,
    exclusionFilter,
    faces: faces && {
      ...faces,
      policySince: checkpoint.policySince,
      time: { isFull: lease.params.full, now: deps.now() },
      excludedBy: exclusionFilter.faceJudge(faces.pack, faces.engine.pack.matching),
    },
    signal,
    log: task.log,
  };
  if (faces) warnOfUnknownFaces(exclusionFilter, faces.pack, task.log);
  const run = async () => {
    const writer = await openProgressWriter({
      catalog: deps.catalog,
      lease,
      checkpointKey: key,
      checkpoint,
      traffic: source.traffic,
      report: task.report,
    });
    const events = source.list({
      cursor: checkpoint.cursor,
      full: lease.params.full || needsFullScan,
      run: runKey(lease),
      memory: rememberSource(sourceId, deps.catalog, faces?.pack ?? null, deps.now()),
      signal,
    });
    return work(events, writer, context, task);
  };
  return withCleanUp(run, () => {
    cut.abort(new Error('the task has ended'));
    return source.close();
  });
}

function warnOfUnknownFaces(exclusionFilter: ExclusionFilter, pack: string, log: Logger): void {
  const unknown = exclusionFilter.unknownFaces(pack);
  if (unknown.length > 0) log.warn(explainUnknownFaces(unknown, pack));
}

async function work(
  events: AsyncIterable<SourceEvent>,
  writer: ProgressWriter,
  context: IngestContext,
  { stop }: Task,
): Promise<TaskResult> {
  const ahead = context.faces ? context.faces.imagesAtOnce.concurrency : METADATA_AHEAD;
  let isFinished = false;
  const commitEach = async () => {
    for await (const step of inOrder(events, prepareIn(context), { ahead, stop })) {
      await settle(step, writer, context);
      isFinished ||= step.kind === 'finished';
    }
  };
  await withCleanUp(commitEach, () => (context.signal.aborted ? undefined : writer.flush()));
  return { outcome: isFinished ? 'done' : 'stopped' };
}

function prepareIn(context: IngestContext) {
  return async (event: SourceEvent, dropped: AbortSignal): Promise<Step> => {
    if (event.kind !== 'performer') return event;
    const signal = AbortSignal.any([context.signal, dropped]);
    const { record } = event.performer;
    const aliases = dropPrivateNames(record.aliases);
    const performer = { ...event.performer, record: { ...record, aliases } };
    return {
      kind: 'prepared',
      event: { ...event, performer },
      prepared: await preparePerformer(performer, { ...context, signal }),
    };
  };
}

/** What one step means for the catalog; steps come in the source's order. */
async function settle(step: Step, writer: ProgressWriter, context: IngestContext): Promise<void> {
  const { catalog, sourceId, log } = context;
  switch (step.kind) {
    case 'prepared':
      return commitPrepared(step.event, step.prepared, writer, context);
    case 'total':
      return writer.setTotal(step.performers);
    case 'unreadable':
      log.warn(`${step.what} cannot be read: ${step.reason}`);
      return writer.fault();
    case 'warning':
      return log.warn(step.message);
    case 'removed':
      await context.exclusionFilter.unblock(sourceId, step.remoteId);
      return step.mergedInto === null
        ? removeRecord(catalog, sourceId, step.remoteId)
        : mergeRecords(catalog, sourceId, step.remoteId, step.mergedInto);
    case 'finished':
      return writer.finish(step.cursor);
    case 'scan_over':
      return forgetScan(catalog, step.scan);
  }
}

/** @throws Error for sources that only add to known performers */
function requireCreator({ sources }: CatalogWriter, id: SourceId): void {
  if (isCreator(sources, id)) return;
  throw new Error(
    `${sources.find(id)?.title ?? id} only adds to performers that a stash-box created: it cannot be ingested, only enrich them.`,
  );
}
