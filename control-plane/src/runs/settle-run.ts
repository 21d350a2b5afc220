import { emptyProgress } from '@trainer/contract/progress';
import { finalRunStatuses, type RunStatus } from '@trainer/contract/runs';
import type { Deps } from '../context/deps.ts';
import type { RunRow, TaskRow } from '../db/schema/runs.ts';
import { listDefinitions } from '../sources/store.ts';
import { advanceRun, endingEvent } from './advance-run.ts';
import { parseParams } from './parse-row.ts';
import { planTasks } from './plan-tasks.ts';
import { endRun, findRun, startOldest } from './store.ts';
import { insertTasks, moveTasks, tasksOf } from './task-store.ts';

type Need = Pick<Deps, 'db' | 'clock' | 'notifier' | 'record' | 'deliverSoon'>;

/** The longest chain of steps in one call: into a stage, past empty stages, to the end of the run. */
const MAX_STEPS = 5;

/**
 * Applies all due steps of a run: plans its tasks, begins the next stage, ends the run. Every step is conditional on the state that
 * it was computed from, so concurrent calls and calls after a crash are safe.
 */
export async function settleRun(deps: Need, runId: number): Promise<void> {
  await settleFrom(deps, await findRun(deps.db, runId));
}

async function settleFrom(deps: Need, found: RunRow | null): Promise<void> {
  let run = found;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    if (!run || isFinal(run.status)) return;
    // Read after the run, never before: no task of a stopping run is leased anew, so their states are final for this step.
    const tasks = await plannedTasks(deps, run);
    const step = advanceRun(run.status, tasks);
    if (!step.tasks && !step.run) return;
    const moved = step.tasks ? await moveTasks(deps.db, run, step.tasks, deps.clock.now()) : [];
    await announceTasks(deps, moved);
    if (step.run) {
      const end = { ...step.run, event: endingEvent(step.run.to, tasks) };
      const ended = await endRun(deps.db, run, end, deps.clock.now());
      if (ended) await afterEnd(deps, ended);
    }
    run = await findRun(deps.db, run.id);
  }
}

/** Starts the oldest queued run if no run is active, and returns its id. */
export async function startNextRun(deps: Need): Promise<number | null> {
  const run = await startOldest(deps.db, deps.clock.now());
  if (!run) return null;
  deps.deliverSoon();
  await Promise.all([
    deps.record({ level: 'info', message: `Run ${run.id} begins`, runId: run.id }),
    settleFrom(deps, run),
  ]);
  return run.id;
}

async function afterEnd(deps: Need, run: RunRow): Promise<void> {
  deps.deliverSoon();
  const level = run.status === 'failed' ? 'error' : 'info';
  const why = run.reason ? `: ${run.reason}` : '';
  await deps.record({ level, message: `Run ${run.id} ${run.status}${why}`, runId: run.id });
  await startNextRun(deps);
}

async function plannedTasks({ db }: Need, run: RunRow): Promise<TaskRow[]> {
  const tasks = await tasksOf(db, [run.id]);
  if (tasks.length > 0) return tasks;
  const planned = planTasks(run.id, parseParams(run).sources, await listDefinitions(db));
  const added = await insertTasks(db, run.id, planned, JSON.stringify(emptyProgress()));
  const isOvertaken = added.length < planned.length;
  return isOvertaken ? tasksOf(db, [run.id]) : added;
}

async function announceTasks(deps: Need, moved: readonly TaskRow[]): Promise<void> {
  if (moved.length === 0) return;
  const lines = moved.map(({ id, runId, source, status, reason }) => ({
    level: 'info' as const,
    message: `Task ${id} ${status}: ${reason ?? ''}`,
    runId,
    taskId: id,
    source,
  }));
  const isWork = moved.some(({ status }) => status === 'ready');
  await Promise.all([deps.record(...lines), isWork && deps.notifier.notify('work')]);
}

function isFinal(status: RunStatus): boolean {
  const final: readonly RunStatus[] = finalRunStatuses;
  return final.includes(status);
}
