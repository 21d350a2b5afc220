import { readdirSync, readFileSync } from 'node:fs';
import type { Migration } from '@trainer/libsql/migrate';

const folder = new URL('../../db/migrations/', import.meta.url);

/** The numbered SQL files beside the schema. */
export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}
