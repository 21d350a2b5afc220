import { entryOf } from '@trainer/contract/names';
import type { RunDetail, RunStatus, RunView, TaskStatus, TaskView } from '@trainer/contract/runs';
import { countOf, listOf } from './numbers.ts';

export type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad';

const runTones = {
  queued: 'calm',
  running: 'busy',
  stopping: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'warn',
} as const satisfies Record<RunStatus, Tone>;

/** The tone of a run's status; one of a later release has none. */
export function runTone(status: RunView['status']): Tone {
  return entryOf<Tone>(runTones, status, 'calm');
}

export const taskTones = {
  waiting: 'calm',
  ready: 'calm',
  leased: 'busy',
  done: 'good',
  failed: 'bad',
  skipped: 'warn',
} as const satisfies Record<TaskStatus, Tone>;

/** What a task's status means to somebody who never heard of leases. */
export const taskLabels = {
  waiting: 'waiting for other tasks',
  ready: 'ready for a runner',
  leased: 'in progress',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
} as const satisfies Record<TaskStatus, string>;

export function isActive({ status }: Pick<RunView, 'status'>): boolean {
  return status === 'running' || status === 'stopping';
}

export function isFinal({ status }: Pick<RunView, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

export function isFinalTask({ status }: Pick<TaskView, 'status'>): boolean {
  return status === 'done' || status === 'failed' || status === 'skipped';
}

type Title = (source: TaskView['source']) => string;

/** The state of a run as sentences: what goes on, and what it waits for. */
export function describeRun(run: RunView & Partial<Pick<RunDetail, 'tasks'>>, titleOf: Title): string {
  switch (run.status) {
    case 'queued':
      return 'It starts when the run before it has ended.';
    case 'stopping':
      return `The runner finishes the performers it is processing, then the run is cancelled.${because(run.reason)}`;
    case 'running':
      return describeWork(run.tasks ?? [], titleOf);
    case 'completed':
      return `It published version ${run.version ?? '–'}${holding(run)}.`;
    case 'failed':
      return `It published nothing.${because(run.reason)}`;
    case 'cancelled':
      return `It was stopped${run.actor ? ` by ${run.actor}` : ''}.${because(run.reason)}`;
    default:
      return `It is ${run.status}.${because(run.reason)}`;
  }
}

function holding({ performers, faces }: RunView): string {
  if (performers === null || faces === null) return '';
  return ` with ${countOf(performers, 'performer')} and ${countOf(faces, 'face')}`;
}

function because(reason: string | null): string {
  return reason ? ` ${sentence(reason)}` : '';
}

/** A reason as a sentence of its own. */
export function sentence(reason: string): string {
  const text = reason.trim();
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}

function describeWork(tasks: readonly TaskView[], titleOf: Title): string {
  const leased = tasks.filter((task) => task.status === 'leased');
  if (leased.length > 0) return `${workText(leased, titleOf)}${runnersText(leased)}.`;
  const ready = tasks.filter((task) => task.status === 'ready');
  if (ready.length > 0)
    return `${countOf(ready.length, 'task')} ready: waiting for a runner to ask for work.`;
  return 'Between two stages.';
}

function workText(leased: readonly TaskView[], titleOf: Title): string {
  if (leased.some(({ kind }) => kind === 'publish')) return 'Publishing a version';
  const titles = (of: 'ingest' | 'enrich') =>
    listOf(leased.filter(({ kind }) => kind === of).map(({ source }) => titleOf(source)));
  const [ingest, enrich] = [titles('ingest'), titles('enrich')];
  if (!enrich) return `Reading performers from ${ingest}`;
  return ingest
    ? `Reading performers from ${ingest}, adding faces from ${enrich}`
    : `Adding faces from ${enrich}`;
}

function runnersText(leased: readonly TaskView[]): string {
  const runners = [...new Set(leased.flatMap(({ runner }) => runner ?? []))];
  return runners.length > 0 ? `, on ${listOf(runners)}` : '';
}

/** Names of the sources that a run uses, in a sentence. */
export function sourcesText(run: Pick<RunView, 'params'>, titleOf: Title): string {
  return listOf(run.params.sources.map(titleOf));
}
