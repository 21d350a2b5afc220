import { limits } from '@trainer/contract/limits';
import { describeMistakes } from '@trainer/contract/problems';
import { runParamsSchema } from '@trainer/contract/runs';
import { type CurrentConfig, readConfig } from '../config/read-config.ts';
import type { Deps, OwnLine } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { reapLeases } from '../leases/reap-leases.ts';
import { startNextRun } from '../runs/settle-run.ts';
import { draftRun } from '../runs/start-run.ts';
import type { NewRun } from '../runs/store.ts';
import { latestOccurrence, nextOccurrences } from './occurrences.ts';
import { listDue, type Occurrence, passOver, type ScheduleRow, startOccurrence } from './store.ts';
import { outcomeWords, whenOf } from './views.ts';

/** Handled by one call: on Workers it shares 50 requests with other chores. The rest waits for the next. */
const AT_ONCE = 3;

/**
 * Handles every occurrence that has come, in one of three ways: it starts a run, it is skipped because another run is queued
 * or active, or it was missed. It may be called at any time and by several at once: only one of them gets to handle an
 * occurrence, and noting it and adding its run are one transaction. When nothing is due it costs one small read.
 */
export async function runDueSchedules(deps: Deps): Promise<void> {
  const due = await listDue(deps.db, deps.clock.now(), AT_ONCE);
  if (due.length === 0) return;
  // Whether the run before is over is found out when somebody asks.
  await reapLeases(deps);
  const current = await readConfig(deps.db);
  const passedOver: ScheduleRow[] = [];
  for (const schedule of due) {
    const handled = await handle(deps, schedule, current);
    if (handled?.lastRunId) await announceStart(deps, handled);
    else if (handled) passedOver.push(handled);
  }
  await deps.record(...passedOver.map(toLine));
}

async function announceStart(deps: Deps, started: ScheduleRow): Promise<void> {
  await deps.record(toLine(started));
  await startNextRun(deps);
}

/** The schedule as it is then; null when somebody else was faster. */
async function handle(deps: Deps, due: ScheduleRow, current: CurrentConfig): Promise<ScheduleRow | null> {
  const now = deps.clock.now();
  const occurrence = currentOccurrence(due, now);
  const isLate = now - occurrence.at > limits.scheduleGraceMs;
  if (isLate && due.missed === 'skip') {
    return passOver(deps.db, due, occurrence, { outcome: 'missed', reason: null });
  }
  const run = draftOrReason(due, current, now);
  if (typeof run === 'string') {
    return passOver(deps.db, due, occurrence, { outcome: 'skipped', reason: run });
  }
  return startOccurrence(deps.db, due, occurrence, { run, note: noteOf(due, occurrence, isLate) });
}

/** However many have come since somebody looked, the newest stands for all of them. */
function currentOccurrence(due: ScheduleRow, now: number): Occurrence {
  const when = whenOf(due);
  const [next = null] = nextOccurrences(when, now, 1);
  return { at: Math.max(due.nextAt ?? 0, latestOccurrence(when, now) ?? 0), next };
}

function noteOf({ nextAt }: ScheduleRow, { at }: Occurrence, isLate: boolean): string | null {
  if (isLate) return 'late: the control plane was down at its time';
  return at === nextAt ? null : 'those before were missed while the control plane was down';
}

/** The run that it asks for, or in words why there can be none. */
function draftOrReason({ name, params }: ScheduleRow, current: CurrentConfig, now: number): NewRun | string {
  const wanted = runParamsSchema.safeParse(JSON.parse(params));
  if (!wanted.success) return `its parameters no longer fit: ${describeMistakes(wanted.error)}`;
  try {
    return draftRun(current, wanted.data, { requestedBy: `schedule ${name}`, createdAt: now });
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
}

function toLine(handled: ScheduleRow): OwnLine {
  return {
    level: handled.lastOutcome === 'started' ? 'info' : 'warn',
    message: `Schedule ${handled.id} (${handled.name}) ${outcomeWords(handled)}`,
    runId: handled.lastRunId,
  };
}
