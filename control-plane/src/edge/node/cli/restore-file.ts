import { existsSync, mkdirSync } from 'node:fs';
import { chown, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@libsql/client/web';
import { cleanUpAfter, rethrowAfter } from '@trainer/async/with-clean-up';
import { libsqlClient } from '@trainer/libsql/client';
import { exclusionsInForce } from '../../../backup/carry-exclusions.ts';
import type { Row } from '../../../backup/format.ts';
import { listContents } from '../../../backup/list-contents.ts';
import { withCauses } from '../../../http/with-causes.ts';
import { openDatabaseFile } from '../open-database.ts';
import { CliError } from './command.ts';

/** Makes the database what the backup says, but for these exclusions, which it keeps; answers with how many those were. */
export type Load = (client: Client, exclusions: readonly Row[]) => Promise<number>;

export interface Restored {
  /** How many exclusions the backup lacks and the database before had. */
  carried: number;
  /** Where the database before is kept, if it held anything. */
  kept: string | null;
}

/**
 * Builds the database beside the one that is there and puts it in its place when it is complete: whatever happens on the
 * way, the file is either the old one or the new one.
 *
 * @throws {CliError} when the old one is in use, or holds something and `isReplacing` is not set
 */
export async function restoreFile(
  path: string,
  load: Load,
  { isReplacing, now }: { isReplacing: boolean; now: number },
): Promise<Restored> {
  mkdirSync(dirname(path), { recursive: true });
  const before = existsSync(path) ? lockDatabase(path) : null;
  try {
    const contents = before ? await listContents(before) : null;
    if (contents !== null && !isReplacing) {
      throw new CliError(
        'refused',
        `${path} holds ${contents}. Restore into an empty database, or add --replace: the file is then kept under another name.`,
      );
    }
    const fresh = `${path}.restoring`;
    const carried = await build(fresh, load, before ? await exclusionsInForce(before) : []);
    const kept = contents === null ? null : `${path}.${nameOf(now)}`;
    // Both names at once, where the file system can: then there is no moment without a database.
    if (kept !== null) await link(path, kept).catch(() => rename(path, kept));
    await rename(fresh, path);
    await using folder = await open(dirname(path));
    await folder.sync();
    return { carried, kept };
  } finally {
    before?.close();
  }
}

async function build(fresh: string, load: Load, exclusions: readonly Row[]): Promise<number> {
  await removeDatabase(fresh);
  const client = openDatabaseFile(fresh);
  try {
    const carried = await load(client, exclusions);
    client.close();
    await giveToOwnerOf(dirname(fresh), fresh);
    return carried;
  } catch (error) {
    cleanUpAfter(error, () => client.close());
    const failed = new CliError('failed', `Restoring failed, and nothing was changed: ${withCauses(error)}`, {
      cause: error,
    });
    return rethrowAfter(failed, () => removeDatabase(fresh));
  }
}

/** In a container a command runs as root, and the control plane as the folder's owner. */
async function giveToOwnerOf(folder: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  await chown(file, uid, gid);
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
}

/** `before-20261128T013522Z` */
function nameOf(now: number): string {
  return `before-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
}

/**
 * Opens a database file that nobody else has open, and keeps everybody else out until it is closed. Its write-ahead log
 * is worked in and gone afterwards, so that the file may be renamed.
 *
 * @throws {CliError} when somebody has it open
 */
function lockDatabase(path: string) {
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
