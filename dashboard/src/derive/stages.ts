import type { TaskKind, TaskView } from '@trainer/contract/runs';
import { isFinalTask } from './run-text.ts';

export interface Stage {
  kind: TaskKind;
  title: string;
  gloss: string;
  state: 'waiting' | 'active' | 'over';
  tasks: TaskView[];
}

const stages = [
  ['ingest', 'Ingest', 'Stash-boxes and folders bring performers and their faces.'],
  ['enrich', 'Enrich', 'Reference sites add faces to performers that are known.'],
  ['publish', 'Publish', 'The catalog becomes a version.'],
] as const;

/** The tasks of a run by kind; ingest and enrich go on side by side. A kind without tasks is left out. */
export function groupStages(tasks: readonly TaskView[]): Stage[] {
  return stages
    .map(([kind, title, gloss]) => {
      const own = tasks.filter((task) => task.kind === kind);
      return { kind, title, gloss, state: stageState(own), tasks: own };
    })
    .filter((stage) => stage.tasks.length > 0);
}

function stageState(tasks: readonly TaskView[]): Stage['state'] {
  if (tasks.every(isFinalTask)) return 'over';
  return tasks.every((task) => task.status === 'waiting') ? 'waiting' : 'active';
}
