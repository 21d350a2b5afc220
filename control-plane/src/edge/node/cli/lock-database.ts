import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { libsqlClient } from '@trainer/libsql/client';
import { CliError } from './cli-error.ts';

/**
 * Opens a database file that nobody else has open, and keeps everybody else out until it is closed. Its write-ahead log
 * is worked in and gone afterwards, so that the file may be renamed.
 *
 * @throws {CliError} when somebody has it open
 */
export function lockDatabase(path: string) {
  const handle = new DatabaseSync(path, { timeout: 0 });
  try {
    // Leaving the mode needs the file to itself: every connection in it holds a shared lock as long as it is open.
    handle.exec('PRAGMA journal_mode = DELETE');
    handle.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    cleanUpAfter(error, () => handle.close());
    const isBusy = error instanceof Error && /locked|busy/.test(error.message);
    if (!isBusy) throw error;
    throw new CliError('refused', `${path} is in use: stop the control plane first.`, { cause: error });
  }
  return libsqlClient(handle, (ms) => setTimeout(ms));
}
