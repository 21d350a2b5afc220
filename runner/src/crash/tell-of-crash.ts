import type { Lease } from '@trainer/shared/leases';
import type { Logger } from '../logs/logger.ts';
import { type CrashNote, readCrashNote, removeCrashNote, writeCrashNote } from './crash-note.ts';
import { describeWork } from './heed-crashes.ts';

/**
 * Looks for the note of a former start that an uncaught error has ended, and logs it.
 *
 * @returns what tells the log of a task that is leased again how the work on it ended the last time. A note is kept until all of
 *   its tasks were told, however often the runner is started in between.
 */
export function openCrashNote(
  dataDir: string,
  log: Logger,
  now: number = Date.now(),
): (lease: Pick<Lease, 'task_id'>, log: Logger) => void {
  const note = readCrashNote(dataDir, now);
  if (!note || note.tasks.length === 0) removeCrashNote(dataDir);
  if (!note) return () => {};
  log.warn(`The runner ended at ${note.at} because of an uncaught error: ${note.message}`);
  let untold = note.tasks;
  return ({ task_id }, taskLog) => {
    const task = untold.find((each) => each.task_id === task_id);
    if (!task) return;
    taskLog.error(
      `The runner ended because of an uncaught error while it worked on this task, and goes on now: ${note.message} (${describeWork([task])})`,
      { crashed_at: note.at, at: note.frames },
    );
    untold = untold.filter((each) => each !== task);
    keep(dataDir, { ...note, tasks: untold });
  };
}

function keep(dataDir: string, note: CrashNote): void {
  if (note.tasks.length === 0) removeCrashNote(dataDir);
  else writeCrashNote(dataDir, note);
}
