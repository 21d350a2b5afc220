import type { SourceAvailability } from '@trainer/shared/leases';
import { emptyProgress, type Progress } from '@trainer/shared/progress';
import { type SourceId, sourceEntry } from '@trainer/shared/sources';
import type { Catalog } from '../catalog/catalog.ts';
import { CatalogFenced } from '../catalog/fences.ts';
import type { ListExclusions } from '../exclusions/open-guard.ts';
import { TaskStopped } from '../lease/stop-reasons.ts';
import type { RunTask, Task, TaskResult } from '../lease/task.ts';
import { withReviews } from '../reviews/with-reviews.ts';
import type { SourceRegistry } from '../sources/registry.ts';
import { enrich } from './enrich.ts';
import { type IngestDeps, ingest } from './ingest.ts';
import { type PublishDeps, publish } from './publish.ts';
import { reportManners } from './report-manners.ts';

export interface PipelineDeps
  extends Omit<IngestDeps, 'catalog' | 'sources' | 'listExclusions'>,
    Omit<PublishDeps, 'catalog' | 'listExclusions'> {
  catalog: Pick<Catalog, 'forTask'>;
  sources: SourceRegistry;
}

/** The same for one task. */
type TaskDeps = Omit<PipelineDeps, 'catalog'> & Pick<IngestDeps, 'catalog' | 'listExclusions'>;

/**
 * What the agent runs for each lease: brings a source into the catalog, or the catalog into a version. The only room that
 * knows the order of the work. Tasks at the same time share the catalog and the model pack's engine.
 *
 * @throws TaskStopped `lease_lost` when the catalog knows a newer lease, or what ingest, enrich and publish throw
 */
export function createRunTask(deps: PipelineDeps): RunTask {
  const listExclusions: ListExclusions = (signal) => deps.session('GET /api/exclusions', { signal });
  return async (task) => {
    try {
      const taskDeps = { ...deps, listExclusions, catalog: await deps.catalog.forTask(task.lease) };
      return await withReviews((each) => workOn(each, taskDeps), taskDeps)(task);
    } catch (error) {
      throw error instanceof CatalogFenced ? new TaskStopped('lease_lost', error.message) : error;
    }
  };
}

async function workOn(task: Task, deps: TaskDeps): Promise<TaskResult> {
  const { kind, source } = task.lease;
  if (kind === 'publish') return publish(task, deps);
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
    return await work({ ...task, log, report }, source, deps);
  } finally {
    reportManners(progress, log);
  }
}

/** The reason not to work on it, or null. */
function whyNot(source: SourceId, available: SourceAvailability[]): string | null {
  const { title } = sourceEntry(source);
  const found = available.find(({ id }) => id === source);
  return found?.available ? null : `${title}: ${found?.reason ?? 'this runner does not know it'}`;
}
