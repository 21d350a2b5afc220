import type { HookEvent } from '@trainer/contract/hook-events';
import {
  type FinalRunStatus,
  finalTaskStatuses,
  type RunStatus,
  type TaskKind,
  type TaskStatus,
} from '@trainer/contract/runs';
import type { TaskRow } from '../db/schema/runs.ts';
import { parseProgress } from './parse-row.ts';

/** The state of a task, as far as the run's next step depends on it. */
export interface TaskState {
  id: string;
  kind: TaskKind;
  status: TaskStatus;
  reason: string | null;
}

export interface Step {
  /** Waiting tasks become ready, or those not begun are skipped. */
  tasks: { ids: string[]; to: 'ready' | 'skipped'; reason: string } | null;
  /** A null reason keeps the stored one, which is that of the stop request. */
  run: { to: FinalRunStatus; reason: string | null } | null;
}

const nothing: Step = { tasks: null, run: null };

/** A task that has not begun. */
const idle: readonly TaskStatus[] = ['waiting', 'ready'];
const over: readonly TaskStatus[] = finalTaskStatuses;

/**
 * Returns the next step of a run from its status and its tasks:
 *
 *     sources ready;  sources over ─▶ publish ready, if any source worked;  publish over ─▶ run over
 *     stopping ─▶ nothing begins any more;  no task leased ─▶ cancelled
 *
 * After the step was applied, the next call returns the following step or nothing.
 */
export function advanceRun(status: RunStatus, tasks: readonly TaskState[]): Step {
  if (status === 'stopping') return windDown(tasks);
  if (status !== 'running') return nothing;
  const sources = tasks.filter(({ kind }) => kind !== 'publish');
  const publish = tasks.filter(({ kind }) => kind === 'publish');
  if (!sources.every(isOver)) return begin(sources, 'its run is under way');
  if (!sources.some(isDone)) return giveUp(sources, publish);
  if (!publish.every(isOver)) return begin(publish, 'every source is over');
  return conclude(publish);
}

/** Whether an ingest of the run is not over: it may bring performers whom enrich tasks have to ask about. */
export function isIngestOpen(tasks: readonly Pick<TaskState, 'kind' | 'status'>[]): boolean {
  return tasks.some(({ kind, status }) => kind === 'ingest' && !over.includes(status));
}

function isOver({ status }: TaskState): boolean {
  return over.includes(status);
}

function isDone({ status }: TaskState): boolean {
  return status === 'done';
}

function begin(tasks: readonly TaskState[], reason: string): Step {
  const ids = tasks.filter(({ status }) => status === 'waiting').map(({ id }) => id);
  return { tasks: ids.length > 0 ? { ids, to: 'ready', reason } : null, run: null };
}

function skip(tasks: readonly TaskState[], reason: string): Step['tasks'] {
  const ids = tasks.filter(({ status }) => idle.includes(status)).map(({ id }) => id);
  return ids.length > 0 ? { ids, to: 'skipped', reason } : null;
}

function giveUp(sources: readonly TaskState[], publish: readonly TaskState[]): Step {
  const said = sources.map(({ id, status, reason }) => `${id} ${status} (${reason ?? 'no reason given'})`);
  return {
    tasks: skip(publish, 'no source succeeded'),
    run: { to: 'failed', reason: `No source succeeded: ${said.join('; ')}` },
  };
}

function conclude(publish: readonly TaskState[]): Step {
  if (publish.every(isDone)) return { tasks: null, run: { to: 'completed', reason: 'published a version' } };
  const said = publish.map(({ reason }) => reason ?? 'no reason given').join('; ');
  return { tasks: null, run: { to: 'failed', reason: `Publishing failed: ${said}` } };
}

function windDown(tasks: readonly TaskState[]): Step {
  const skipped = skip(tasks, 'the run was stopped');
  if (tasks.some(({ status }) => status === 'leased')) return { tasks: skipped, run: null };
  // The stop came after the version was published.
  if (tasks.some((task) => task.kind === 'publish' && isDone(task))) {
    return { tasks: skipped, run: { to: 'completed', reason: 'published a version' } };
  }
  return { tasks: skipped, run: { to: 'cancelled', reason: null } };
}

/** The event of a run's end. `tasks` are all tasks of the run. */
export function endingEvent(status: FinalRunStatus, tasks: readonly TaskRow[]): HookEvent {
  if (status !== 'completed') return `run.${status}`;
  const isClean = failedTasks(tasks).length === 0 && errorsOf(tasks) === 0;
  return isClean ? 'run.finished' : 'run.finished_with_errors';
}

/** Failed tasks. A skipped task was not needed or not possible, and is not an error. */
export function failedTasks(tasks: readonly TaskRow[]): TaskRow[] {
  return tasks.filter(({ status }) => status === 'failed');
}

/** The sum of the errors that the tasks counted. */
export function errorsOf(tasks: readonly TaskRow[]): number {
  return tasks.reduce((sum, task) => sum + parseProgress(task).errors, 0);
}
