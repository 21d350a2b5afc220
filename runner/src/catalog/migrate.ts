import { readdir, readFile } from 'node:fs/promises';
import type { Client } from '@libsql/client';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

interface Migration {
  number: number;
  name: string;
}

/**
 * Brings the catalog's schema up to this program's, each numbered file in one transaction. Another runner may do the same at
 * the same time: whoever comes second finds the number taken.
 * @throws Error when the schema is newer than this program, which then has changed nothing.
 */
export async function migrateCatalog(client: Client, now: () => Date): Promise<void> {
  await client.execute(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
  );
  const known = await listMigrations();
  const applied = await appliedNumber(client);
  const newest = known.at(-1)?.number ?? 0;
  if (applied > newest) throw new Error(schemaFromTheFuture(applied, newest));
  for (const migration of known.filter((each) => each.number > applied)) {
    try {
      await apply(client, migration, now());
    } catch (error) {
      // A catalog that does not answer this either has failed by what came before.
      const newestNow = await appliedNumber(client).catch(() => 0);
      if (newestNow < migration.number) throw error;
    }
  }
}

/** The number of the newest migration of this program. */
export async function newestMigration(): Promise<number> {
  return (await listMigrations()).at(-1)?.number ?? 0;
}

async function apply(client: Client, migration: Migration, at: Date): Promise<void> {
  const take = {
    sql: 'INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)',
    args: [migration.number, migration.name, at.toISOString()],
  };
  await client.batch([take, ...(await readStatements(migration))], 'write');
}

async function listMigrations(): Promise<Migration[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d{4}-.+\.sql$/.test(name));
  return names.sort().map((name) => ({ number: Number(name.slice(0, 4)), name }));
}

async function appliedNumber(client: Client): Promise<number> {
  const { rows } = await client.execute('SELECT coalesce(max(number), 0) AS number FROM migrations');
  return Number(rows[0]?.number);
}

async function readStatements(migration: Migration): Promise<string[]> {
  const text = await readFile(new URL(migration.name, MIGRATIONS), 'utf8');
  const sql = text.replaceAll(/^--.*$/gm, '');
  return sql
    .split(/;\s*$/m)
    .map((each) => each.trim())
    .filter(Boolean);
}

function schemaFromTheFuture(applied: number, newest: number): string {
  return (
    `The catalog has schema ${applied}, and this runner knows schemas up to ${newest}: a newer runner has used it. ` +
    'Start that newer runner again, or give this one another DATA_DIR. Nothing was changed.'
  );
}
