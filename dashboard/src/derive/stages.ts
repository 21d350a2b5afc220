import type { TaskKind, TaskView } from '@trainer/contract/runs';
import { isFinalTask } from './run-text.ts';

export interface Stage {
  kind: TaskKind;
  title: string;
  description: string;
  state: 'waiting' | 'active' | 'over';
  tasks: TaskView[];
}

const stages = [
  ['ingest', 'Ingest', 'Stash-boxes and folders provide performers and their faces.'],
  ['enrich', 'Enrich', 'Reference sites add faces to known performers.'],
  ['publish', 'Publish', 'The catalog is exported as a version.'],
] as const;

/** The tasks of a run by kind; ingest and enrich go on side by side. A kind without tasks is left out. */
export function groupStages(tasks: readonly TaskView[]): Stage[] {
  return stages
    .map(([kind, title, description]) => {
      const own = tasks.filter((task) => task.kind === kind);
      return { kind, title, description, state: stageState(own), tasks: own };
    })
    .filter((stage) => stage.tasks.length > 0);
}

function stageState(tasks: readonly TaskView[]): Stage['state'] {
  if (tasks.every(isFinalTask)) return 'over';
  return tasks.every((task) => task.status === 'waiting') ? 'waiting' : 'active';
}
