import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lease, Restarts } from '@trainer/contract/leases';
import { taskKinds } from '@trainer/contract/runs';
import { sourceIdSchema } from '@trainer/contract/sources';
import { openName } from '@trainer/contract/tolerance';
import { z } from 'zod';
import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { describeWork, onWorkChange, type Work } from '../work/current-work.ts';

/** What is known about a crash. Kept in `DATA_DIR` until it was reported to the log of each task concerned. */
const crashNoteSchema = z.object({
  /** `uncaught`: ended by an uncaught error. `killed`: ended from outside, so the runner itself could not report it. */
  how: z.enum(['uncaught', 'killed']).default('uncaught'),
  /** ISO 8601; for `killed` the time when the last of its tasks began or ended. */
  at: z.iso.datetime(),
  /** The error's message with its causes; for `killed` the supervisor's reason. */
  message: z.string(),
  /** Where it was thrown: the lines of its stack without the message. */
  frames: z.string(),
  /** Tasks that were running and whose logs do not have the report yet. */
  tasks: z.array(
    z.object({
      task_id: z.string(),
      run_id: z.int(),
      kind: openName(taskKinds),
      source: sourceIdSchema.nullable(),
      urls: z.array(z.string()),
    }),
  ),
});
export type CrashNote = z.infer<typeof crashNoteSchema>;

const workNoteSchema = crashNoteSchema.pick({ at: true, tasks: true });

/** A note is ignored when it is older, ms: its run has ended by then, and a reset control plane may reuse the run's number. */
const keptMs = 7 * 24 * 60 * 60 * 1_000;

const causes = { uncaught: 'ended because of an uncaught error', killed: 'was ended from outside' } as const;

const crashFile = (dataDir: string) => join(dataDir, 'crash.json');
const workFile = (dataDir: string) => join(dataDir, 'work.json');

/** Synchronous, because the process ends right after it. */
export function writeCrashNote(dataDir: string, note: CrashNote): void {
  writeNote(crashFile(dataDir), note);
}

/**
 * Keeps the list of running tasks in `DATA_DIR`. The next start reads it when the runner ended without being able to report it:
 * SIGKILL, no memory, no power.
 *
 * @returns a function for a regular end, which stops tracking and removes the list
 */
export function trackWork(dataDir: string, log: Logger): () => void {
  const file = workFile(dataDir);
  const save = (tasks: readonly Work[]) => {
    try {
      if (tasks.length === 0) rmSync(file, { force: true });
      else writeNote(file, { at: new Date().toISOString(), tasks });
    } catch (error) {
      log.warn(`The list of running tasks cannot be written to ${file}: ${messageOf(error)}`);
    }
  };
  const stop = onWorkChange(save);
  return () => {
    stop();
    save([]);
  };
}

/**
 * Looks for the note of an earlier start that crashed or was killed, and logs it.
 *
 * @param options.restarts the supervisor's reason for the restart; left out without a supervisor
 * @returns a function that reports the crash to a task's log when the task is leased again. The note is kept until all of its tasks
 *   have the report, however often the runner is restarted in between.
 */
export function openCrashReport(
  dataDir: string,
  log: Logger,
  { now = Date.now(), restarts }: { now?: number; restarts?: Restarts | undefined } = {},
): (lease: Pick<Lease, 'task_id'>, log: Logger) => void {
  const note = newestNote(dataDir, now, restarts);
  if (!note || note.tasks.length === 0) rmSync(crashFile(dataDir), { force: true });
  if (!note) return () => {};
  log.warn(`The runner ${causes[note.how]} at ${note.at}: ${note.message}`);
  let unreported = note.tasks;
  return ({ task_id }, taskLog) => {
    const task = unreported.find((each) => each.task_id === task_id);
    if (!task) return;
    taskLog.error(
      `The runner ${causes[note.how]} while it worked on this task, which starts again now: ${note.message} (${describeWork([task])})`,
      { crashed_at: note.at, ...(note.frames === '' ? {} : { at: note.frames }) },
    );
    unreported = unreported.filter((each) => each !== task);
    saveNote(dataDir, { ...note, tasks: unreported });
  };
}

/** An uncaught error leaves both files. A kill after that start leaves only the list of running tasks, which is then the newer one. */
function newestNote(dataDir: string, now: number, restarts: Restarts | undefined): CrashNote | null {
  const crashed = readCrashNote(dataDir, now);
  const killed = takeWorkNote(dataDir, restarts ? `it ${restarts.reason}` : null);
  if (!killed || (crashed && crashed.at >= killed.at)) return crashed;
  saveNote(dataDir, killed);
  return killed;
}

/** Null when there is no note, when it cannot be read, or when it is too old. */
export function readCrashNote(dataDir: string, now: number): CrashNote | null {
  const note = crashNoteSchema.safeParse(readJson(crashFile(dataDir)));
  return note.success && now - Date.parse(note.data.at) < keptMs ? note.data : null;
}

/** Reads and removes the list of tasks that were running when an earlier start was killed. */
function takeWorkNote(dataDir: string, supervisorsReason: string | null): CrashNote | null {
  const file = workFile(dataDir);
  const note = workNoteSchema.safeParse(readJson(file));
  rmSync(file, { force: true });
  if (!note.success) return null;
  const message = supervisorsReason ?? 'it was killed, or the machine had no memory or power left';
  return { ...note.data, how: 'killed', message, frames: '' };
}

function saveNote(dataDir: string, note: CrashNote): void {
  if (note.tasks.length === 0) rmSync(crashFile(dataDir), { force: true });
  else writeCrashNote(dataDir, note);
}

function writeNote(file: string, note: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
