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

/** What decides about a run's next step. */
export interface TaskState {
  id: string;
  kind: TaskKind;
  status: TaskStatus;
  reason: string | null;
}

export interface Step {
  /** Waiting tasks become ready, or those not begun are skipped. */
  tasks: { ids: string[]; to: 'ready' | 'skipped'; reason: string } | null;
  /** A null reason keeps the one that the run has: what the stop was asked for with. */
  run: { to: FinalRunStatus; reason: string | null } | null;
}

const nothing: Step = { tasks: null, run: null };

/** A task that has not begun. */
const idle: readonly TaskStatus[] = ['waiting', 'ready'];
const over: readonly TaskStatus[] = finalTaskStatuses;

/**
 * What is due, given where the run and its tasks are:
 *
 *     ingest over ─▶ enrich ready;  enrich over ─▶ publish ready, if any source worked;  publish over ─▶ run over
 *     stopping ─▶ nothing begins any more;  no task leased ─▶ cancelled
 *
 * Asked again after it was applied, the answer is the next step or nothing.
 */
export function advanceRun(status: RunStatus, tasks: readonly TaskState[]): Step {
  if (status === 'stopping') return windDown(tasks);
  if (status !== 'running') return nothing;
  const sources = tasks.filter(({ kind }) => kind !== 'publish');
  const publish = tasks.filter(({ kind }) => kind === 'publish');
  const ingest = sources.filter(({ kind }) => kind === 'ingest');
  if (!ingest.every(isOver)) return begin(ingest, 'its run is under way');
  if (!sources.every(isOver)) return begin(sources, 'every stash-box and folder is over');
  if (!sources.some(isDone)) return giveUp(sources, publish);
  if (!publish.every(isOver)) return begin(publish, 'every source is over');
  return conclude(publish);
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
    tasks: skip(publish, 'no source worked'),
    run: { to: 'failed', reason: `No source worked: ${said.join('; ')}` },
  };
}

function conclude(publish: readonly TaskState[]): Step {
  if (publish.every(isDone)) return { tasks: null, run: { to: 'completed', reason: 'published a version' } };
  const said = publish.map(({ reason }) => reason ?? 'no reason given').join('; ');
  return { tasks: null, run: { to: 'failed', reason: `Publishing did not work: ${said}` } };
}

function windDown(tasks: readonly TaskState[]): Step {
  const skipped = skip(tasks, 'the run was stopped');
  if (tasks.some(({ status }) => status === 'leased')) return { tasks: skipped, run: null };
  // The stop came when everything was done already.
  if (tasks.some((task) => task.kind === 'publish' && isDone(task))) {
    return { tasks: skipped, run: { to: 'completed', reason: 'published a version' } };
  }
  return { tasks: skipped, run: { to: 'cancelled', reason: null } };
}

/** What the end of a run is called. `tasks` are all of the run's. */
export function endingEvent(status: FinalRunStatus, tasks: readonly TaskRow[]): HookEvent {
  if (status !== 'completed') return `run.${status}`;
  const isClean = failedTasks(tasks).length === 0 && errorsOf(tasks) === 0;
  return isClean ? 'run.finished' : 'run.finished_with_errors';
}

/** Tasks that gave up. One that was skipped was not needed or not possible, and is no error. */
export function failedTasks(tasks: readonly TaskRow[]): TaskRow[] {
  return tasks.filter(({ status }) => status === 'failed');
}

/** What could not be read, in sum. */
export function errorsOf(tasks: readonly TaskRow[]): number {
  return tasks.reduce((sum, task) => sum + parseProgress(task).errors, 0);
}
