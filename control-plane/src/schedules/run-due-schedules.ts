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
import { listDue, type Occurrence, type ScheduleRow, skipOccurrence, startOccurrence } from './store.ts';
import { outcomeWords, whenOf } from './views.ts';

/** Schedules per call: on Workers all chores share 50 subrequests. The next call handles the rest. */
const AT_ONCE = 3;

/**
 * Handles every due occurrence: it starts a run, is skipped because another run is queued or active, or was missed. Concurrent calls
 * are safe: storing the outcome and adding the run are one transaction, which only one call can commit. When nothing is due it costs
 * one small read.
 */
export async function runDueSchedules(deps: Deps): Promise<void> {
  const due = await listDue(deps.db, deps.clock.now(), AT_ONCE);
  if (due.length === 0) return;
  // Brings the previous run up to date first: it may have ended.
  await reapLeases(deps);
  const current = await readConfig(deps.db);
  const skipped: ScheduleRow[] = [];
  for (const schedule of due) {
    const handled = await handle(deps, schedule, current);
    if (handled?.lastRunId) await announceStart(deps, handled);
    else if (handled) skipped.push(handled);
  }
  await deps.record(...skipped.map(toLine));
}

async function announceStart(deps: Deps, started: ScheduleRow): Promise<void> {
  await deps.record(toLine(started));
  await startNextRun(deps);
}

/** The updated schedule; null when another call has handled the occurrence. */
async function handle(deps: Deps, due: ScheduleRow, current: CurrentConfig): Promise<ScheduleRow | null> {
  const now = deps.clock.now();
  const occurrence = currentOccurrence(due, now);
  const isLate = now - occurrence.at > limits.scheduleGraceMs;
  if (isLate && due.missed === 'skip') {
    return skipOccurrence(deps.db, due, occurrence, { outcome: 'missed', reason: null });
  }
  const run = draftOrReason(due, current, now);
  if (typeof run === 'string') {
    return skipOccurrence(deps.db, due, occurrence, { outcome: 'skipped', reason: run });
  }
  return startOccurrence(deps.db, due, occurrence, { run, note: noteOf(due, occurrence, isLate) });
}

/** The newest due occurrence; it stands for all earlier ones that were not handled. */
function currentOccurrence(due: ScheduleRow, now: number): Occurrence {
  const when = whenOf(due);
  const [next = null] = nextOccurrences(when, now, 1);
  return { at: Math.max(due.nextAt ?? 0, latestOccurrence(when, now) ?? 0), next };
}

function noteOf({ nextAt }: ScheduleRow, { at }: Occurrence, isLate: boolean): string | null {
  if (isLate) return 'late: the control plane was down at its time';
  return at === nextAt ? null : 'those before were missed while the control plane was down';
}

/** The run of the schedule, or the reason why none can be started. */
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
