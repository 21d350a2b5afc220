import type { Client } from '@libsql/client/web';

/** A numbered change of the schema: `0001_start.sql`, its statements each ending in `;` and an empty line. */
export interface Migration {
  /** The file's name. */
  name: string;
  sql: string;
}

/** The database was written by a newer program. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

const LEDGER =
  'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT';

/**
 * Brings the database to the newest of `migrations`, each in a transaction of its own together with its entry in
 * the table `migrations`. Several processes may start at once: the entry's key lets one of them through.
 *
 * @throws {NewerSchemaError} when the database knows a migration that this program does not.
 */
export async function migrate(
  client: Client,
  migrations: readonly Migration[],
  now: number,
): Promise<string[]> {
  await client.execute(LEDGER);
  const known = [...migrations].sort((a, b) => numberOf(a) - numberOf(b));
  const newest = Math.max(0, ...known.map(numberOf));
  const at = await newestApplied(client);
  if (at > newest) {
    throw new NewerSchemaError(
      `The database has schema ${at}, and this program knows up to ${newest}: a newer stash-sense-trainer has written it. ` +
        'Start that one again, or restore a backup from before the upgrade.',
    );
  }
  const applied: string[] = [];
  for (const migration of known) {
    if (numberOf(migration) > at && (await apply(client, migration, now))) applied.push(migration.name);
  }
  return applied;
}

async function apply(client: Client, migration: Migration, now: number): Promise<boolean> {
  const entry = {
    sql: 'INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)',
    args: [numberOf(migration), migration.name, now],
  };
  try {
    await client.batch([entry, ...statementsOf(migration.sql)], 'write');
    return true;
  } catch (error) {
    if ((await newestApplied(client)) >= numberOf(migration)) return false;
    throw new Error(`The migration ${migration.name} failed; the database is as it was before`, {
      cause: error,
    });
  }
}

async function newestApplied(client: Client): Promise<number> {
  const { rows } = await client.execute('SELECT max(number) AS newest FROM migrations');
  return Number(rows[0]?.newest ?? 0);
}

function numberOf({ name }: Migration): number {
  const number = Number.parseInt(name, 10);
  if (!(number > 0)) throw new TypeError(`A migration's name begins with its number: ${name}`);
  return number;
}

function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n[ \t]*\r?\n|\s*$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
