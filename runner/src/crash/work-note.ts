import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { onWorkChange, type Work } from '../work/current-work.ts';
import { type CrashNote, crashNoteSchema } from './crash-note.ts';

const workNoteSchema = crashNoteSchema.pick({ at: true, tasks: true });

const fileIn = (dataDir: string) => join(dataDir, 'work.json');

/**
 * Keeps the tasks under way in `DATA_DIR`, for the start after an end of which the runner itself cannot tell: SIGKILL, no memory, no
 * power.
 *
 * @returns what ends that and removes the note: for an end on purpose
 */
export function keepWorkNote(dataDir: string, log: Logger): () => void {
  const file = fileIn(dataDir);
  const keep = (tasks: readonly Work[]) => {
    try {
      if (tasks.length === 0) return rmSync(file, { force: true });
      writeFileSync(`${file}.new`, JSON.stringify({ at: new Date().toISOString(), tasks }), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      log.warn(`What this runner works on could not be noted in ${file}: ${messageOf(error)}`);
    }
  };
  const stop = onWorkChange(keep);
  return () => {
    stop();
    keep([]);
  };
}

/**
 * What a former start was working on when it ended without a word, and removes the note of it.
 *
 * @param reason what the supervisor says of that end; null without one
 */
export function takeWorkNote(dataDir: string, reason: string | null): CrashNote | null {
  const file = fileIn(dataDir);
  const note = workNoteSchema.safeParse(readJson(file));
  rmSync(file, { force: true });
  if (!note.success) return null;
  const unknown = 'it was killed, or the machine had no memory or power left';
  return { ...note.data, how: 'killed', message: reason ?? unknown, frames: '' };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
