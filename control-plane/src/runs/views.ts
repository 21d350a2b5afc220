import type { Pace, RunDetail, RunView, Status, TaskView } from '@trainer/contract/runs';
import type { RunRow, TaskRow } from '../db/schema/runs.ts';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import { parseParams, parseProgress } from './parse-row.ts';

export function toTaskView(task: TaskRow, now: number): TaskView {
  const progress = parseProgress(task);
  return {
    id: task.id,
    kind: task.kind,
    source: task.source,
    status: task.status,
    reason: task.reason,
    actor: task.actor,
    attempts: task.attempts,
    runner: task.runnerName,
    started_at: isoTimeOrNull(task.startedAt),
    finished_at: isoTimeOrNull(task.finishedAt),
    lease_expires_at: task.status === 'leased' ? isoTimeOrNull(task.leaseExpiresAt) : null,
    progress,
    pace: paceOf(
      { processed: progress.performers_processed, total: progress.performers_total, ...task },
      now,
    ),
  };
}

/** `tasks` are all of the run's. */
export function toRunView(run: RunRow, tasks: readonly TaskRow[], now: number): RunView {
  const sums = sumsOf(tasks);
  return {
    id: run.id,
    status: run.status,
    reason: run.reason,
    requested_by: run.requestedBy,
    actor: run.actor,
    created_at: isoTime(run.createdAt),
    started_at: isoTimeOrNull(run.startedAt),
    finished_at: isoTimeOrNull(run.finishedAt),
    params: parseParams(run),
    config_revision: run.configRevision,
    ...sums,
    pace: paceOf(
      {
        processed: sums.performers_processed,
        total: sums.performers_total,
        startedAt: run.startedAt,
        finishedAt: run.finishedAt,
        isTotalPartial: tasks.some(({ status, kind }) => kind !== 'publish' && status === 'waiting'),
      },
      now,
    ),
    version: run.version,
    performers: run.performers,
    faces: run.faces,
  };
}

/** Against the published run before, when both published something. */
export function diffOf(run: RunRow, before: RunRow | null): RunDetail['diff'] {
  if (run.status !== 'completed' || run.version === null || before === null) return null;
  return {
    against: before.id,
    performers_delta: (run.performers ?? 0) - (before.performers ?? 0),
    faces_delta: (run.faces ?? 0) - (before.faces ?? 0),
  };
}

/** The plan's health check: of the active run, or else of the newest. */
export function toStatus(run: RunRow | null, tasks: readonly TaskRow[]): Status {
  return {
    running: run?.status === 'running' || run?.status === 'stopping',
    run_id: run?.id ?? null,
    run_status: run?.status ?? null,
    current_source: tasks.find(({ status }) => status === 'leased')?.source ?? null,
    ...sumsOf(tasks),
    by_source: Object.fromEntries(
      tasks.flatMap((task) =>
        task.source === null ? [] : [[task.source, { status: task.status, ...sumsOf([task]) }]],
      ),
    ),
  };
}

function sumsOf(tasks: readonly TaskRow[]) {
  const all = tasks.map(parseProgress);
  const totals = all.flatMap(({ performers_total: total }) => (total === null ? [] : [total]));
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  return {
    performers_processed: sum(all.map((each) => each.performers_processed)),
    /** Of the tasks that know theirs. */
    performers_total: totals.length > 0 ? sum(totals) : null,
    faces_added: sum(all.map((each) => each.faces_added)),
    errors: sum(all.map((each) => each.errors)),
  };
}

/** Below these, the rate is too uncertain for a forecast. */
const MIN_PROCESSED = 20;
const MIN_ELAPSED_MS = 30_000;

interface Counted {
  processed: number;
  /** Null while unknown. */
  total: number | null;
  /** Ms since 1970; null before the beginning. */
  startedAt: number | null;
  /** Null while it is running. */
  finishedAt: number | null;
  /** `total` does not include everything yet. */
  isTotalPartial?: boolean;
}

/** Rate and remaining time since the beginning, waits and interruptions included. */
export function paceOf(
  { processed, total, startedAt, finishedAt, isTotalPartial }: Counted,
  now: number,
): Pace {
  if (startedAt === null || processed === 0) return { per_minute: null, eta_s: null, is_guess: true };
  const elapsedMs = Math.max(1, (finishedAt ?? now) - startedAt);
  const perMinute = (processed / elapsedMs) * 60_000;
  const isOver = finishedAt !== null;
  const isKnown = total !== null && !isOver;
  return {
    per_minute: Math.round(perMinute * 10) / 10,
    eta_s: isKnown ? Math.round((Math.max(0, total - processed) / perMinute) * 60) : null,
    is_guess:
      !isOver &&
      (total === null || isTotalPartial === true || processed < MIN_PROCESSED || elapsedMs < MIN_ELAPSED_MS),
  };
}
