import * as fs from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@libsql/client/web';
import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { libsqlClient } from '@trainer/libsql/client';
import type { Migration } from '@trainer/libsql/migrate';
import { copyBeforeMigration } from '@trainer/libsql/sqlite/copy-before-migration';
import { explainFault, type FilePlace } from '@trainer/libsql/sqlite/errors';
import { httpDatabaseClient } from '../http-database.ts';
import { checkedClient, keepIdentity } from './file-identity.ts';
import type { NodeSettings } from './settings.ts';

/**
 * Opens (or makes) the database file. Every commit reaches the disk before it is acknowledged: home servers lose
 * power at night, and a grant that the database forgets while its runner lives would give the same fencing number
 * out twice. The price is a flush per write (see `bench/leases.ts`), and runners make a few writes a second.
 *
 * Every use of the client throws `FileGone` once the file was deleted or replaced.
 *
 * @param path a file, or `:memory:`
 * @throws Error that names the file, the user and what to do, when it cannot be made, opened or read
 */
export function openDatabaseFile(path: string): Client {
  const client = libsqlClient(openHandle(path), (ms) => setTimeout(ms), filePlace(path));
  return path === ':memory:' ? client : checkedClient(client, keepIdentity(path));
}

/**
 * Copies the file before migrations up to `newest` change it (`copyBeforeMigration`).
 *
 * @returns the copy; null when there is nothing to migrate
 */
export function copyDatabaseFile(path: string, newest: number, now: number): string | null {
  const handle = openHandle(path);
  try {
    return copyBeforeMigration(handle, {
      folder: dirname(path),
      name: basename(path),
      newest,
      now,
      files: fs,
    });
  } finally {
    handle.close();
  }
}

/** The same as a bare connection. */
export function openHandle(path: string): DatabaseSync {
  let handle: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    // Whoever uses it waits for other processes without blocking the event loop.
    handle = new DatabaseSync(path, { timeout: 0 });
    handle.exec('PRAGMA journal_mode = WAL');
    handle.exec('PRAGMA synchronous = FULL');
    handle.exec('PRAGMA foreign_keys = ON');
    return handle;
  } catch (error) {
    cleanUpAfter(error, () => handle?.close());
    throw cannotOpen(path, error);
  }
}

function cannotOpen(path: string, error: unknown): Error {
  // A folder that cannot be made is known by the system's code, not by SQLite's.
  const isOfSystem = error instanceof Error && 'syscall' in error;
  const why = isOfSystem
    ? `${error.message}, as the user with the id ${process.getuid?.()}`
    : explainFault(error, filePlace(path)).message;
  return new Error(`The database ${path} cannot be opened: ${why}.`, { cause: error });
}

/** Where the settings say that the database is: an address, or a file that need not exist yet. */
export type Place = { url: string; authToken: string | undefined } | { file: string };

export function placeOf({ LIBSQL_URL, LIBSQL_AUTH_TOKEN, DATA_DIR }: NodeSettings): Place {
  return LIBSQL_URL
    ? { url: LIBSQL_URL, authToken: LIBSQL_AUTH_TOKEN }
    : { file: join(DATA_DIR, 'control-plane.db') };
}

export function openClient(place: Place): Client {
  return 'file' in place ? openDatabaseFile(place.file) : httpDatabaseClient(place);
}

/** Where a database file lies, with what this machine can tell about the place. */
export function filePlace(path: string): FilePlace {
  return {
    path,
    facts: () => ({ freeBytes: freeBytesAt(dirname(path)), uid: process.getuid?.() ?? null }),
  };
}

/** Bytes that this process may still write below `folder`; null when that cannot be told. */
export function freeBytesAt(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

const folder = new URL('../../db/migrations/', import.meta.url);

/** The numbered SQL files beside the schema. */
export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}
