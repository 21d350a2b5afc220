import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskKinds } from '@trainer/contract/runs';
import { sourceIdSchema } from '@trainer/contract/sources';
import { openName } from '@trainer/contract/tolerance';
import { z } from 'zod';

/** What is known of an end that was not on purpose, kept in `DATA_DIR` until the logs of its tasks were told. */
export const crashNoteSchema = z.object({
  /** `uncaught`: by an error that nothing caught. `killed`: from outside, so that the runner itself could not tell. */
  how: z.enum(['uncaught', 'killed']).default('uncaught'),
  /** ISO 8601; for `killed` when the last of its tasks was begun or ended. */
  at: z.iso.datetime(),
  /** What the error said, with its causes; for `killed` what the supervisor says. */
  message: z.string(),
  /** Where it was thrown: the lines of its stack without the message. */
  frames: z.string(),
  /** Tasks that were under way and whose logs have not been told yet. */
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

/** A run that nobody goes on with for so long has ended, and its number may come again, ms. */
const keptMs = 7 * 24 * 60 * 60 * 1_000;

const fileIn = (dataDir: string) => join(dataDir, 'crash.json');

/** Synchronous, because the process ends right after it. */
export function writeCrashNote(dataDir: string, note: CrashNote): void {
  const file = fileIn(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The note of a former start; null when there is none, or none that can be read, or only an old one. */
export function readCrashNote(dataDir: string, now: number): CrashNote | null {
  const note = crashNoteSchema.safeParse(readJson(fileIn(dataDir)));
  return note.success && now - Date.parse(note.data.at) < keptMs ? note.data : null;
}

export function removeCrashNote(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
