import type { Client, InStatement } from '@libsql/client/web';

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
