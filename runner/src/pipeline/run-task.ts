import type { SourceAvailability } from '@trainer/shared/leases';
import { emptyProgress, type Progress } from '@trainer/shared/progress';
import { type SourceId, sourceEntry } from '@trainer/shared/sources';
import pLimit from 'p-limit';
import type { ListExclusions } from '../exclusions/open-guard.ts';
import type { RunTask } from '../lease/task.ts';
import { withReviews } from '../reviews/with-reviews.ts';
import type { SourceRegistry } from '../sources/registry.ts';
import { enrich } from './enrich.ts';
import { type IngestDeps, ingest } from './ingest.ts';
import { type PublishDeps, publish } from './publish.ts';
import { reportManners } from './report-manners.ts';

export interface PipelineDeps
  extends Omit<IngestDeps, 'writer' | 'sources' | 'listExclusions'>,
    Omit<PublishDeps, 'listExclusions'> {
  sources: SourceRegistry;
}

/**
 * What the agent runs for each lease: brings a source into the catalog, or the catalog into a version. The only room that
 * knows the order of the work. Tasks at the same time share the catalog's one writer and the model pack's engine.
 */
export function createRunTask(deps: PipelineDeps): RunTask {
  const listExclusions: ListExclusions = (signal) => deps.session('GET /api/exclusions', { signal });
  const taskDeps = { ...deps, writer: pLimit(1), listExclusions };
  const runTask: RunTask = async (task) => {
    const { kind, source } = task.lease;
    if (kind === 'publish') return publish(task, { ...deps, listExclusions });
    if (source === null) throw new Error(`An ${kind} task without a source cannot be worked on`);
    const reason = whyNot(source, await deps.sources.availability());
    if (reason !== null) return { outcome: 'skipped', reason };
    let progress = emptyProgress();
    const log = task.log.from(source);
    const report = (figures: Progress) => {
      progress = figures;
      task.report(figures);
    };
    const work = kind === 'ingest' ? ingest : enrich;
    try {
      return await work({ ...task, log, report }, source, taskDeps);
    } finally {
      reportManners(progress, log);
    }
  };
  return withReviews(runTask, taskDeps);
}

/** The reason not to work on it, or null. */
function whyNot(source: SourceId, available: SourceAvailability[]): string | null {
  const { title } = sourceEntry(source);
  const found = available.find(({ id }) => id === source);
  return found?.available ? null : `${title}: ${found?.reason ?? 'this runner does not know it'}`;
}
