import type { Logger, Redact } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { currentWork, describeWork } from '../work/current-work.ts';
import { type CrashNote, writeCrashNote } from './crash-note.ts';

/** The exit code of a process that an uncaught error has ended: EX_SOFTWARE of sysexits.h. */
export const crashExitCode = 70;

interface HandleCrashesDeps {
  dataDir: string;
  log: Logger;
  redact: Redact;
}

/**
 * Handles errors that nothing has caught, unhandled rejections included: logs the error with the tasks that were running, keeps it in
 * `DATA_DIR` for the next start, and ends the process with `crashExitCode`.
 *
 * @returns a function that removes the handler
 */
export function handleCrashes({ dataDir, log, redact }: HandleCrashesDeps): () => void {
  const onCrash = (error: unknown) => {
    const tasks = currentWork();
    const note: CrashNote = {
      how: 'uncaught',
      at: new Date().toISOString(),
      message: redact(messageWithCauses(error)),
      frames: redact(framesOf(error)),
      tasks,
    };
    try {
      writeCrashNote(dataDir, note);
    } catch (failure) {
      log.error(`The next start cannot report the following error: ${messageOf(failure)}`);
    }
    log.error(`The runner ends because of an uncaught error: ${note.message} (${describeWork(tasks)})`, {
      at: note.frames,
    });
    process.exit(crashExitCode);
  };
  process.on('uncaughtException', onCrash);
  return () => void process.off('uncaughtException', onCrash);
}

function messageWithCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = `${error.name}: ${error.message}`;
  return error.cause === undefined ? message : `${message}: ${messageWithCauses(error.cause)}`;
}

function framesOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim())
    .join('\n');
}
