import type { Client, InStatement } from '@libsql/client/web';
import { RESTORE_UNDER_WAY } from '../db/migrate.ts';
import { keptTables } from './table-rules.ts';

/** A client, or a transaction of one. */
export interface Reader {
  execute(statement: InStatement): ReturnType<Client['execute']>;
}

/** The names of the database's tables, without those that SQLite, libSQL and Turso keep for themselves. */
export async function listTables(reader: Reader): Promise<string[]> {
  const { rows } = await reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'");
  return rows
    .map(({ name }) => String(name))
    .filter((name) => !/^(sqlite_|libsql_|_litestream|_cf_)/.test(name));
}

/** What runners say about themselves they say again. */
const REPEATED = ['runners'];

/**
 * What a restore would remove, in words that follow "holds"; null when there is nothing that anybody would miss: a new
 * database, or one whose control plane was started and not used yet.
 *
 * @throws when the database is not a control plane's
 */
export async function listContents(reader: Reader): Promise<string | null> {
  const names = await listTables(reader);
  if (names.length === 0) return null;
  if (!names.includes('migrations')) {
    throw new Error(`The database is not a control plane’s: it has the tables ${names.join(', ')}`);
  }
  const marks = await reader.execute({
    sql: 'SELECT 1 FROM migrations WHERE number = ?',
    args: [RESTORE_UNDER_WAY],
  });
  if (marks.rows.length > 0) return 'what a restore that did not finish has left';
  const counted: Record<string, number> = {};
  for (const { name } of keptTables) {
    if (!names.includes(name) || REPEATED.includes(name)) continue;
    const { rows } = await reader.execute(`SELECT count(*) AS count FROM ${name}`);
    counted[name] = Number(rows[0]?.count);
  }
  const contents = describeRows(counted);
  return contents === '' ? null : contents;
}

/** `runs: 12, tasks: 48`; tables without rows are left out. */
export function describeRows(rows: Readonly<Record<string, number>>): string {
  return Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `${table.replaceAll('_', ' ')}: ${count}`)
    .join(', ');
}
