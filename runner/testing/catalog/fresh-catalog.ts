import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Catalog, CatalogDeps } from '../../src/catalog/catalog.ts';
import { connectCatalog } from '../../src/catalog/connect-catalog.ts';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import type { CatalogWriter } from '../../src/catalog/writer.ts';
import { startLibsqlServer } from '../start-libsql-server.ts';
import { freshFolder } from './fresh-folder.ts';
import { testDeps } from './samples.ts';

/** Chosen by the vitest project that the test runs in. */
const isServed = process.env.TEST_CATALOG === 'http';

const servers: AsyncDisposable[] = [];
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

/** A catalog to do anything with. */
export type FreshCatalog = Catalog & CatalogWriter;

/**
 * An empty catalog that may be opened several times, as several runners do: in the file `catalog.db` of a folder of its own, or, in
 * the project `served-catalog`, on a libSQL server.
 */
export async function freshCatalogOpener(
  folder = freshFolder(),
  deps: CatalogDeps = testDeps,
): Promise<() => Promise<FreshCatalog>> {
  const path = join(folder, 'catalog.db');
  const open = isServed ? await serve(path, deps) : () => openCatalog(path, deps);
  return async () => {
    const catalog = await open();
    return { ...catalog, ...catalog.forOwner() };
  };
}

/** An empty catalog. */
export async function freshCatalog(folder?: string): Promise<FreshCatalog> {
  return (await freshCatalogOpener(folder))();
}

async function serve(path: string, deps: CatalogDeps): Promise<() => Promise<Catalog>> {
  const server = await startLibsqlServer(path, 'a token for tests');
  servers.push(server);
  const place = { url: server.url, authToken: 'a token for tests' };
  return () => connectCatalog(place, deps);
}
