import type { Client, ResultSet } from '@libsql/client';
import { type SQL, sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { drizzle } from 'drizzle-orm/libsql/web';
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';

/** What the catalog's files share: typed reads through `db`, writes through `write`. */
export interface CatalogDatabase {
  client: Client;
  db: LibSQLDatabase;
  now: () => Date;
}

const dialect = new SQLiteAsyncDialect();

export function createDatabase(client: Client, now: () => Date): CatalogDatabase {
  return { client, db: drizzle({ client }), now };
}

/**
 * Runs the statements as one transaction that takes the write lock at once. A batch is the only kind of
 * transaction used here, because it is the only kind that works alike on a file and over HTTP.
 */
export function write({ client }: CatalogDatabase, statements: SQL[]): Promise<ResultSet[]> {
  const queries = statements.map((each) => {
    const { sql: text, params } = dialect.sqlToQuery(each);
    return { sql: text, args: params.map(toArgument) };
  });
  return client.batch(queries, 'write');
}

type Argument = string | number | bigint | boolean | Uint8Array | null;

function toArgument(value: unknown): Argument {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`A ${typeof value} cannot be stored in the catalog`);
}

/** A list of rows as one JSON parameter, for `json_each`: one statement however long the list is. */
export function rowsOf(list: readonly unknown[]): SQL {
  return sql`json_each(${JSON.stringify(list)})`;
}
