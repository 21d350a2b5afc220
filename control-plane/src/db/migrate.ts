import type { Client, InStatement } from '@libsql/client/web';

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

/** Stands in the table `migrations` while a restore is under way: above every number, so that no program starts. */
export const RESTORE_UNDER_WAY = 999_999_999;

/** The table `migrations`: what was applied, and when. */
export const LEDGER =
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
  if (at > newest) throw new NewerSchemaError(describeNewer(at, newest));
  const applied: string[] = [];
  for (const migration of known) {
    if (numberOf(migration) > at && (await apply(client, migration, now))) applied.push(migration.name);
  }
  return applied;
}

/** Why a database of schema `at` is not for a program that knows up to `newest`, and what to do. */
export function describeNewer(at: number, newest: number): string {
  if (at === RESTORE_UNDER_WAY) {
    return 'A restore into this database was begun and has not finished, so nothing may use it. Repeat the restore with --replace.';
  }
  return (
    `The database has schema ${at}, and this program knows up to ${newest}: a newer stash-sense-trainer has written it. ` +
    'Start that one again, or restore a backup from before the upgrade.'
  );
}

/** The migration with its entry in the table `migrations`, as statements for one batch. */
export function toStatements(migration: Migration, now: number): InStatement[] {
  const entry = {
    sql: 'INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)',
    args: [numberOf(migration), migration.name, now],
  };
  return [entry, ...statementsOf(migration.sql)];
}

async function apply(client: Client, migration: Migration, now: number): Promise<boolean> {
  try {
    await client.batch(toStatements(migration, now), 'write');
    return true;
  } catch (error) {
    if (await isAppliedMeanwhile(client, migration)) return false;
    throw new Error(`The migration ${migration.name} failed; the database is as it was before`, {
      cause: error,
    });
  }
}

/** Whether another process was faster. A database that does not answer this either has failed by what came before. */
async function isAppliedMeanwhile(client: Client, migration: Migration): Promise<boolean> {
  const newest = await newestApplied(client).catch(() => 0);
  return newest >= numberOf(migration);
}

async function newestApplied(client: Client): Promise<number> {
  const { rows } = await client.execute('SELECT max(number) AS newest FROM migrations');
  return Number(rows[0]?.newest ?? 0);
}

export function numberOf({ name }: Migration): number {
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
