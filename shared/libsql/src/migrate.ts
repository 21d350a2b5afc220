import type { Client, InStatement } from '@libsql/core/api';
import { splitStatements } from './sqlite/split-statements.ts';

/** A numbered change of a schema. */
export interface Migration {
  /** The file's name, such as `0001_start.sql`. Only its number tells whether it was applied. */
  name: string;
  sql: string;
}

/** When a migration is applied, written as the database's other tables write times: ISO 8601, or ms since 1970. */
export type AppliedAt = string | number;

export interface MigrateOptions {
  /** In any order. */
  migrations: readonly Migration[];
  at: AppliedAt;
  /** Why a database of schema `found` is not for a program that knows up to `known`, and what to do. */
  describeNewer: (found: number, known: number) => string;
}

/** The database was written by a newer program. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

/**
 * Brings a database to the newest of the migrations, each in a transaction of its own together with its entry in the table
 * `migrations`. Several processes may do so at once: the entry's key lets one of them through.
 *
 * @returns the names of those that were applied
 * @throws {NewerSchemaError} when the database has a migration that this program does not know; it is as it was before then.
 * @throws {TypeError} when a migration has no number, or two have the same one.
 */
export async function migrate(
  client: Client,
  { migrations, at, describeNewer }: MigrateOptions,
): Promise<string[]> {
  const known = inOrder(migrations);
  const newest = newestOf(known);
  await client.execute(ledgerFor(at));
  const found = await newestApplied(client);
  if (found > newest) throw new NewerSchemaError(describeNewer(found, newest));
  const applied: string[] = [];
  for (const migration of known) {
    if (numberOf(migration) > found && (await apply(client, migration, at))) applied.push(migration.name);
  }
  return applied;
}

/** Makes the table `migrations` where there is none: what was applied, and when. */
export function ledgerFor(at: AppliedAt): string {
  const type = typeof at === 'string' ? 'TEXT' : 'INTEGER';
  return `CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at ${type} NOT NULL) STRICT`;
}

/** A migration with its entry in the table `migrations`, as statements for one batch. */
export function toStatements(migration: Migration, at: AppliedAt): InStatement[] {
  const entry = {
    sql: 'INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)',
    args: [numberOf(migration), migration.name, at],
  };
  return [entry, ...splitStatements(migration.sql)];
}

/** @throws {TypeError} when the migration's name does not begin with a number. */
export function numberOf({ name }: Migration): number {
  const number = Number.parseInt(name, 10);
  if (!(number > 0)) throw new TypeError(`A migration's name begins with its number: ${name}`);
  return number;
}

/** The number of the newest migration; 0 when there is none. */
export function newestOf(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map(numberOf));
}

function inOrder(migrations: readonly Migration[]): Migration[] {
  const known = migrations.toSorted((a, b) => numberOf(a) - numberOf(b));
  for (const [index, migration] of known.entries()) {
    const before = known[index - 1];
    if (before && numberOf(before) === numberOf(migration)) {
      throw new TypeError(`Two migrations have one number: ${before.name} and ${migration.name}`);
    }
  }
  return known;
}

async function apply(client: Client, migration: Migration, at: AppliedAt): Promise<boolean> {
  try {
    await client.batch(toStatements(migration, at), 'write');
    return true;
  } catch (error) {
    if (await isAppliedMeanwhile(client, migration)) return false;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The migration ${migration.name} failed, and the database is as it was before: ${why}`, {
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
