import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from '@libsql/client/web';
import type { Migration } from '@trainer/libsql/migrate';
import type { FilePlace } from '@trainer/libsql/sqlite/explain-fault';
import { httpDatabaseClient } from '../http-database.ts';
import { openDatabaseFile } from './open-database.ts';
import type { NodeSettings } from './settings.ts';

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
