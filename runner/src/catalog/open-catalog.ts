import * as fs from 'node:fs';
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { libsqlClient } from '@trainer/libsql/client';
import { newestOf } from '@trainer/libsql/migrate';
import { copyBeforeMigration } from '@trainer/libsql/sqlite/copy-before-migration';
import { explainFault, type FilePlace } from '@trainer/libsql/sqlite/errors';
import { filePlace } from '../disk/watch-room.ts';
import { type Catalog, type CatalogDeps, createCatalog } from './catalog.ts';
import { readMigrations } from './migrate.ts';

/**
 * Opens the catalog in a file, and makes it when it is not there.
 * @throws Error that names the file and what to do, when its schema is newer than this program, or when it cannot be made, opened
 * or read.
 */
export async function openCatalog(path: string, deps: CatalogDeps): Promise<Catalog> {
  const place = filePlace(path);
  let handle: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    handle = new DatabaseSync(path, { timeout: 0 });
    prepareFile(handle);
    const copy = copyBeforeMigration(handle, {
      folder: dirname(path),
      name: basename(path),
      newest: newestOf(await readMigrations()),
      now: deps.now().getTime(),
      files: fs,
    });
    if (copy) deps.say(`The catalog is copied to ${copy} before it is migrated`);
    return await createCatalog(libsqlClient(handle, deps.sleep, place), deps);
  } catch (cause) {
    cleanUpAfter(cause, () => handle?.close());
    throw new Error(`The catalog ${path} cannot be opened: ${describe(cause, place)}`, { cause });
  }
}

/** What SQLite or the system says, with the user and what to do. */
function describe(cause: unknown, place: FilePlace): string {
  if (!(cause instanceof Error)) return String(cause);
  if ('errcode' in cause) return explainFault(cause, place).message;
  const { uid } = place.facts();
  return 'syscall' in cause ? `${cause.message}, as the user with the id ${uid}` : cause.message;
}

/**
 * Every commit is forced to disk (FULL): with one transaction per performer that costs little, and a label that
 * a published version carries must not be forgotten by a power cut, or somebody else would get it. What is deleted
 * is overwritten with zeros: an excluded person's faces must not stay in free pages.
 */
function prepareFile(handle: DatabaseSync): void {
  handle.exec('PRAGMA journal_mode = WAL');
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  handle.exec('PRAGMA secure_delete = ON');
}
