import type { SourceAvailability } from '@trainer/contract/leases';
import { emptyProgress, type Progress } from '@trainer/contract/progress';
import type { SourceId } from '@trainer/contract/sources';
import type { Catalog } from '../catalog/catalog.ts';
import { CatalogFenced } from '../catalog/fences.ts';
import type { SourceDefinitions } from '../catalog/source-definitions.ts';
import { enrich } from '../enrich/enrich.ts';
import type { ListExclusions } from '../exclusions/open-exclusion-filter.ts';
import { type IngestDeps, ingest } from '../ingest/ingest.ts';
import { TaskStopped } from '../lease/stop-reasons.ts';
import type { RunTask, Task, TaskResult } from '../lease/task.ts';
import { reportTraffic } from '../progress/report-traffic.ts';
import { type PublishDeps, publish } from '../publish/publish.ts';
import { withReviews } from '../reviews/with-reviews.ts';
import { describeRetired } from '../sources/announce-sources.ts';
import type { KnownSources } from '../sources/definition/known-sources.ts';
import type { SourceRegistry } from '../sources/registry.ts';

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
  const { known } = deps.sources;
  const reason = whyNot(source, await deps.sources.availability(), known, deps.catalog.sources);
  if (reason !== null) return { outcome: 'skipped', reason };
  // What is gathered now needs its source's definition for as long as it lives.
  const defined = known.find(source);
  if (defined) await deps.catalog.sources.remember([defined], deps.now());
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
    reportTraffic(progress, log);
  }
}

/** The reason not to work on it, or null. */
function whyNot(
  source: SourceId,
  available: SourceAvailability[],
  known: KnownSources,
  book: SourceDefinitions,
): string | null {
  const title = known.find(source)?.title ?? source;
  const retiredAt = book.retiredAt(source);
  if (retiredAt !== null) return `${title}: ${describeRetired(retiredAt, source)}`;
  const found = available.find(({ id }) => id === source);
  return found?.available ? null : `${title}: ${found?.reason ?? 'this runner does not know it'}`;
}
