import type { Client } from '@libsql/client';
import { type SQL, sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { drizzle } from 'drizzle-orm/libsql/web';
import { createSourceBook, type SourceBook } from './source-book.ts';

/** What the catalog's files share for reading: typed reads through `db`, which knows nothing else. */
export interface CatalogDatabase {
  client: Client;
  db: Pick<LibSQLDatabase, 'all' | 'batch' | 'get' | 'select' | 'selectDistinct'>;
  now: () => Date;
  /** What the sources are whose data are here. */
  sources: SourceBook;
}

export function createDatabase(client: Client, now: () => Date): CatalogDatabase {
  return { client, db: drizzle({ client }), now, sources: createSourceBook(client) };
}

/** A list of rows as one JSON parameter, for `json_each`: one statement however long the list is. */
export function rowsOf(list: readonly unknown[]): SQL {
  return sql`json_each(${JSON.stringify(list)})`;
}
