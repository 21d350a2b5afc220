import type { TaskKind } from '@trainer/shared/runs';
import { type SourceId, type SourceKind, sourceEntry, sourceIds } from '@trainer/shared/sources';

export interface PlannedTask {
  id: string;
  position: number;
  kind: TaskKind;
  source: SourceId | null;
}

/** Which stage works on a source: those that create performers come first. */
const stageOf: Record<SourceKind, TaskKind> = {
  'stash-box': 'ingest',
  folder: 'ingest',
  'reference-site': 'enrich',
  stash: 'enrich',
};

/** The tasks of a run, in the registry's order within each stage, however the sources were listed. */
export function planTasks(runId: number, sources: readonly SourceId[]): PlannedTask[] {
  const wanted = sourceIds.filter((id) => sources.includes(id));
  const ofStage = (kind: TaskKind) => wanted.filter((id) => stageOf[sourceEntry(id).kind] === kind);
  const planned = [
    ...ofStage('ingest').map((source) => ({ kind: 'ingest' as const, source })),
    ...ofStage('enrich').map((source) => ({ kind: 'enrich' as const, source })),
    { kind: 'publish' as const, source: null },
  ];
  return planned.map((task, position) => ({ ...task, position, id: `${runId}.${task.source ?? 'publish'}` }));
}
