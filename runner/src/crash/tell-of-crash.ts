import type { Lease, Restarts } from '@trainer/contract/leases';
import type { Logger } from '../logs/logger.ts';
import { type CrashNote, readCrashNote, removeCrashNote, writeCrashNote } from './crash-note.ts';
import { describeWork } from './heed-crashes.ts';
import { takeWorkNote } from './work-note.ts';

const HOW = { uncaught: 'ended because of an uncaught error', killed: 'was ended from outside' } as const;

/**
 * Looks for the note of a former start that an uncaught error has ended, or that ended without a word, and logs it.
 *
 * @param options.restarts what the supervisor says of the former start; left out without a supervisor
 * @returns what tells the log of a task that is leased again how the work on it ended the last time. A note is kept until all of
 *   its tasks were told, however often the runner is started in between.
 */
export function openCrashNote(
  dataDir: string,
  log: Logger,
  { now = Date.now(), restarts }: { now?: number; restarts?: Restarts | undefined } = {},
): (lease: Pick<Lease, 'task_id'>, log: Logger) => void {
  const note = newestNote(dataDir, now, restarts);
  if (!note || note.tasks.length === 0) removeCrashNote(dataDir);
  if (!note) return () => {};
  log.warn(`The runner ${HOW[note.how]} at ${note.at}: ${note.message}`);
  let untold = note.tasks;
  return ({ task_id }, taskLog) => {
    const task = untold.find((each) => each.task_id === task_id);
    if (!task) return;
    taskLog.error(
      `The runner ${HOW[note.how]} while it worked on this task, and goes on now: ${note.message} (${describeWork([task])})`,
      { crashed_at: note.at, ...(note.frames === '' ? {} : { at: note.frames }) },
    );
    untold = untold.filter((each) => each !== task);
    keep(dataDir, { ...note, tasks: untold });
  };
}

/** A start that an uncaught error ended leaves both notes; one that was killed after it only the second. */
function newestNote(dataDir: string, now: number, restarts: Restarts | undefined): CrashNote | null {
  const crashed = readCrashNote(dataDir, now);
  const killed = takeWorkNote(dataDir, restarts ? `it ${restarts.reason}` : null);
  if (!killed || (crashed && crashed.at >= killed.at)) return crashed;
  keep(dataDir, killed);
  return killed;
}

function keep(dataDir: string, note: CrashNote): void {
  if (note.tasks.length === 0) removeCrashNote(dataDir);
  else writeCrashNote(dataDir, note);
}
