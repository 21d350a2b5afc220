import type { completionSchema } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import type { z } from 'zod';
import type { RunRow, TaskRow } from '../db/schema/runs.ts';
import { ProblemError } from '../http/problem-error.ts';
import { parseProgress } from '../runs/parse-row.ts';

/** Figures that only grow while a runner works on a task. */
const counters = [
  'performers_processed',
  'performers_unchanged',
  'images',
  'faces_added',
  'errors',
  'requests',
  'bytes',
  'waited_ms',
] as const satisfies (keyof Progress)[];

/**
 * Validates a runner's progress report: refuses values that cannot be true and names the likely cause. A repeated report is valid.
 *
 * @throws {ProblemError} `impossible_report`
 */
export function admitProgress(task: TaskRow, progress: Progress): void {
  const { performers_processed: processed, performers_total: total, activity } = progress;
  if (total !== null && processed > total) {
    impossible(
      task,
      `performers_processed is ${processed} of performers_total ${total}`,
      'The source has probably grown since it was counted: report the greater total, or null.',
    );
  }
  if (progress.performers_unchanged > processed) {
    impossible(
      task,
      `performers_unchanged is ${progress.performers_unchanged} of ${processed} processed`,
      'An unchanged performer is a processed one too: count it in both.',
    );
  }
  if (activity?.total != null && activity.done > activity.total) {
    impossible(
      task,
      `activity is ${activity.done} of ${activity.total}`,
      'Report the greater total, or null.',
    );
  }
  // The first report of a grant may be lower than the last one of the grant before: the catalog's cursor decides.
  if (task.beats > 0) refuseFalling(task, parseProgress(task), progress);
}

function refuseFalling(task: TaskRow, before: Progress, now: Progress): void {
  const fallen = counters.find((name) => now[name] < before[name]);
  if (!fallen) return;
  impossible(
    task,
    `${fallen} fell from ${before[fallen]} to ${now[fallen]} under one lease`,
    'Two processes probably work with this lease, or an older report arrived late: progress counts from the task’s beginning.',
  );
}

/** @throws {ProblemError} `impossible_report` */
export function admitCompletion(
  task: TaskRow,
  run: RunRow,
  { outcome, reason, paused }: Pick<z.output<typeof completionSchema>, 'outcome' | 'reason' | 'paused'>,
): void {
  if (outcome !== 'done' && !reason?.trim()) {
    impossible(
      task,
      `it is reported as ${outcome} without a reason`,
      'Give a reason: it is shown with the run.',
    );
  }
  if (paused && (outcome !== 'failed' || task.source === null)) {
    impossible(
      task,
      `it is reported as ${outcome} and its source as paused`,
      'Only a task that gave up on its source pauses it: complete as failed, or without "paused".',
    );
  }
  if (outcome === 'done' && task.kind === 'publish' && run.version === null) {
    impossible(
      task,
      'it is reported as done, and no version was published under it',
      'Publish the version first (POST …/version/publish), or complete as failed with the reason.',
    );
  }
}

function impossible(task: TaskRow, what: string, hint: string): never {
  throw new ProblemError('impossible_report', `Task ${task.id}: ${what}. ${hint}`);
}
