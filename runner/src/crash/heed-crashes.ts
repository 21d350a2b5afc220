import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import type { Redact } from '../logs/redact.ts';
import { currentWork, type Work } from '../work/current-work.ts';
import { type CrashNote, writeCrashNote } from './crash-note.ts';
import { exitCodes } from './exit-codes.ts';

export interface HeedCrashesDeps {
  dataDir: string;
  log: Logger;
  redact: Redact;
}

/**
 * The last line of defence: an error that nothing has caught is logged with what was being done, kept in `DATA_DIR` for the next
 * start, and ends the process with `exitCodes.crashed`. Rejections that nothing handles count as such errors.
 *
 * @returns what takes the listener away
 */
export function heedCrashes({ dataDir, log, redact }: HeedCrashesDeps): () => void {
  const onCrash = (error: unknown) => {
    const tasks = currentWork();
    const note: CrashNote = {
      how: 'uncaught',
      at: new Date().toISOString(),
      message: redact(withCauses(error)),
      frames: redact(framesOf(error)),
      tasks,
    };
    try {
      writeCrashNote(dataDir, note);
    } catch (failure) {
      log.error(`The next start will not know of the following error: ${messageOf(failure)}`);
    }
    log.error(`The runner ends because of an uncaught error: ${note.message} (${describeWork(tasks)})`, {
      at: note.frames,
    });
    process.exit(exitCodes.crashed.code);
  };
  process.on('uncaughtException', onCrash);
  return () => void process.off('uncaughtException', onCrash);
}

/** What was being done, for people: "task 3.stashdb of run 3, source stashdb, fetching https://stashdb.org/graphql". */
export function describeWork(tasks: readonly Work[]): string {
  if (tasks.length === 0) return 'no task was under way';
  return tasks
    .map(({ task_id, run_id, source, urls }) =>
      [
        `task ${task_id} of run ${run_id}`,
        ...(source ? [`source ${source}`] : []),
        ...(urls.length > 0 ? [`fetching ${urls.join(' and ')}`] : []),
      ].join(', '),
    )
    .join('; ');
}

function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = `${error.name}: ${error.message}`;
  return error.cause === undefined ? said : `${said}: ${withCauses(error.cause)}`;
}

function framesOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim())
    .join('\n');
}
