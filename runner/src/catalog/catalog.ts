import { randomUUID } from 'node:crypto';
import type { Client } from '@libsql/client';
import pLimit from 'p-limit';
import { type CatalogDatabase, type CatalogIdentity, createDatabase } from './database.ts';
import { endEarlierRuns, type TaskLease } from './fences.ts';
import { migrateCatalog } from './migrate.ts';
import type { ReservationDeps } from './write-reservation.ts';
import { type CatalogWriter, write } from './writer.ts';

/**
 * The runner's working database, opened. It is a `CatalogDatabase` itself: whatever reads takes it as it is, and whatever changes
 * something takes one of the writers that it gives.
 */
export interface Catalog extends CatalogDatabase {
  /**
   * The catalog for one task, and for as long as the lease is its newest. From now on whoever holds an older one can change
   * nothing more, so that what is read afterwards stays.
   *
   * @throws CatalogFenced when the lease is an older one itself; so does every later change, once it is
   */
  forTask(lease: TaskLease): Promise<CatalogWriter>;
  /** The catalog for a person at the command line, who has no lease to lose. */
  forOwner(): CatalogWriter;
  close(): void;
}

export interface CatalogDeps extends ReservationDeps {
  now: () => Date;
  /** A new uuid; names the catalog when it is made. */
  newId: () => string;
}

/** The catalog on any libSQL client whose connections enforce foreign keys. */
export async function createCatalog(client: Client, deps: CatalogDeps): Promise<Catalog> {
  await migrateCatalog(client, deps.now);
  const identity = await readIdentity(client, deps);
  const database = createDatabase(client, identity, deps.now);
  await database.sources.load();
  const { sleep, random, say } = deps;
  const shared = { ...database, sleep, random, say, name: randomUUID(), inTurn: pLimit(1) };
  return {
    ...database,
    async forTask(lease) {
      const writer = { ...shared, lease };
      await write(writer, [endEarlierRuns(lease)]);
      await database.sources.load();
      return writer;
    },
    forOwner: () => ({ ...shared, lease: null }),
    close: () => client.close(),
  };
}

async function readIdentity(client: Client, deps: CatalogDeps): Promise<CatalogIdentity> {
  await client.execute({
    sql: 'INSERT OR IGNORE INTO catalog_identity (id, catalog_id, created_at) VALUES (1, ?, ?)',
    args: [deps.newId(), deps.now().toISOString()],
  });
  const { rows } = await client.execute('SELECT catalog_id, created_at FROM catalog_identity');
  return { id: String(rows[0]?.catalog_id), createdAt: String(rows[0]?.created_at) };
}
