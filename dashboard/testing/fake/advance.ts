import type { RunDetail, TaskView } from '@trainer/contract/runs';
import { isActive, isFinalTask } from '../../src/derive/run-text.ts';
import { noProgress, progressAfter, sums } from './make-runs.ts';
import type { World } from './world.ts';
import { writeLog } from './write-log.ts';

/** Performers a second that a fake runner gets through. */
const PER_SECOND = 14;

/** Moves the active run on by one second, and begins the next that is queued. */
export function advance(world: World): void {
  const active = world.runs.find(isActive);
  if (!active) begin(world);
  else if (active.status === 'stopping') finish(world, active, 'cancelled');
  else work(world, active);
}

function begin(world: World): void {
  const next = world.runs.findLast((run) => run.status === 'queued');
  if (!next) return;
  next.status = 'running';
  next.started_at = new Date(world.now()).toISOString();
  for (const task of next.tasks) if (task.kind === 'ingest') lease(world, task);
}

function lease(world: World, task: TaskView): void {
  Object.assign(task, {
    status: 'leased',
    reason: 'leased to tower',
    attempts: 1,
    runner: 'tower',
    actor: 'tower',
    started_at: new Date(world.now()).toISOString(),
    progress: { ...noProgress, performers_total: 1_000 },
  });
}

function work(world: World, run: RunDetail): void {
  for (const task of run.tasks.filter(({ status }) => status === 'leased')) step(world, task);
  const stage = run.tasks.find((task) => !isFinalTask(task))?.kind;
  if (!stage) {
    finish(world, run, 'completed');
    return;
  }
  for (const task of run.tasks) if (task.kind === stage && task.status === 'waiting') lease(world, task);
  Object.assign(run, sums(run.tasks));
  const left = (run.performers_total ?? 0) - run.performers_processed;
  run.pace = {
    per_minute: PER_SECOND * 60,
    eta_s: run.performers_total === null ? null : Math.max(1, left / PER_SECOND),
    is_guess: run.performers_total === null,
  };
  writeLog(world, run.id, 3);
}

function step(world: World, task: TaskView): void {
  const { performers_processed, performers_total, errors } = task.progress;
  const total = performers_total ?? 1_000;
  const processed = Math.min(total, performers_processed + PER_SECOND);
  if (task.kind === 'publish') {
    const done = Math.min(100, (task.progress.activity?.done ?? 0) + 10);
    task.progress = { ...noProgress, activity: { label: 'building the index', done, total: 100 } };
    if (done < 100) return;
  } else {
    task.progress = progressAfter(processed, total, errors);
    task.pace = {
      per_minute: PER_SECOND * 60,
      eta_s: (total - processed) / PER_SECOND,
      is_guess: processed < 200,
    };
    if (processed < total) return;
  }
  task.status = 'done';
  task.reason = 'finished';
  task.finished_at = new Date(world.now()).toISOString();
}

function finish(world: World, run: RunDetail, status: 'completed' | 'cancelled'): void {
  run.status = status;
  run.finished_at = new Date(world.now()).toISOString();
  run.pace = { per_minute: null, eta_s: null, is_guess: true };
  for (const task of run.tasks) {
    if (isFinalTask(task)) continue;
    Object.assign(task, {
      status: 'skipped',
      reason: 'the run was stopped',
      actor: run.actor,
      finished_at: run.finished_at,
    });
  }
  if (status === 'completed') {
    Object.assign(run, {
      version: world.versions[0]?.version ?? '2026.11.22',
      performers: 53_712,
      faces: 210_034,
    });
  }
}
