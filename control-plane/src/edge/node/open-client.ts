import { join } from 'node:path';
import type { Client } from '@libsql/client/web';
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
