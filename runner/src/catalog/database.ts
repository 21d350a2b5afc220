import type { Client } from '@libsql/client';
import { type SQL, sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { drizzle } from 'drizzle-orm/libsql/web';
import { createSourceDefinitions, type SourceDefinitions } from './source-definitions.ts';

/** Tells a catalog from all others, for as long as it lives. */
export interface CatalogIdentity {
  /** Names it to the control plane. */
  readonly id: string;
  readonly createdAt: string;
}

/** The catalog for reading, which is what every function that reads takes: typed reads through `db`, which knows nothing else. */
export interface CatalogDatabase extends CatalogIdentity {
  client: Client;
  db: Pick<LibSQLDatabase, 'all' | 'batch' | 'get' | 'select' | 'selectDistinct'>;
  now: () => Date;
  /** What the sources are whose data are here. */
  sources: SourceDefinitions;
}

export function createDatabase(client: Client, identity: CatalogIdentity, now: () => Date): CatalogDatabase {
  return { ...identity, client, db: drizzle({ client }), now, sources: createSourceDefinitions(client) };
}

/** A list of rows as one JSON parameter, for `json_each`: one statement however long the list is. */
export function rowsOf(list: readonly unknown[]): SQL {
  return sql`json_each(${JSON.stringify(list)})`;
}
