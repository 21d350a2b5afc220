import type { TaskKind } from '@trainer/contract/runs';
import { createsPerformers, type SourceDefinition, type SourceId } from '@trainer/contract/sources';

export interface PlannedTask {
  id: string;
  position: number;
  kind: TaskKind;
  source: SourceId | null;
}

/** The stage of a source: sources that create performers come first. */
function stageOf(source: SourceDefinition): TaskKind {
  return createsPerformers(source) ? 'ingest' : 'enrich';
}

/**
 * The tasks of a run, in the order of the sources within each stage. An unknown source becomes a task too, at the end: the runner
 * that gets it reports why it cannot be used.
 */
export function planTasks(
  runId: number,
  sources: readonly SourceId[],
  definitions: readonly SourceDefinition[],
): PlannedTask[] {
  const known = definitions.filter(({ id }) => sources.includes(id));
  const unknown = [...new Set(sources)].filter((id) => !known.some((each) => each.id === id));
  const ofStage = (kind: TaskKind) => [
    ...known.filter((each) => stageOf(each) === kind).map(({ id }) => id),
    ...(kind === 'enrich' ? unknown : []),
  ];
  const planned = [
    ...ofStage('ingest').map((source) => ({ kind: 'ingest' as const, source })),
    ...ofStage('enrich').map((source) => ({ kind: 'enrich' as const, source })),
    { kind: 'publish' as const, source: null },
  ];
  return planned.map((task, position) => ({ ...task, position, id: `${runId}.${task.source ?? 'publish'}` }));
}
