import { readdir, readFile } from 'node:fs/promises';
import type { Client } from '@libsql/client';
import { type Migration, migrate } from '@trainer/libsql/migrate';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the catalog's schema up to this program's. Another runner may do the same at the same time.
 *
 * @returns the names of the migrations that were applied
 * @throws {NewerSchemaError} when the schema is newer than this program, which then has changed nothing.
 */
export async function migrateCatalog(client: Client, now: () => Date): Promise<string[]> {
  return migrate(client, { migrations: await readMigrations(), at: now().toISOString(), describeNewer });
}

/** The numbered SQL files of the catalog. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(new URL(name, FOLDER), 'utf8') })),
  );
}

function describeNewer(found: number, known: number): string {
  return (
    `The catalog has schema ${found}, and this runner knows schemas up to ${known}: a newer runner has used it. ` +
    'Start that newer runner again, or give this one another DATA_DIR. Nothing was changed.'
  );
}
