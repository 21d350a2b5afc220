import { type Client, createClient } from '@libsql/client/web';
import { messageOf } from '../logs/message-of.ts';
import { type Catalog, type CatalogDeps, createCatalog } from './catalog.ts';
import { fetchWithRetry } from './fetch-with-retry.ts';

/** A libSQL server on which several runners may share a catalog. */
export interface CatalogServer {
  /** `libsql:`, `https:` or `http:` */
  url: string;
  authToken: string | undefined;
}

/**
 * Opens the catalog on a libSQL server, and makes it when its database is empty. Once it is open, a server that is away for some
 * minutes is waited for.
 * @throws Error when the server cannot be used, does not enforce foreign keys, or its schema is newer than this program.
 */
export async function connectCatalog({ url, authToken }: CatalogServer, deps: CatalogDeps): Promise<Catalog> {
  const probe = createClient({ url, authToken });
  const client = createClient({ url, authToken, fetch: fetchWithRetry(deps) });
  try {
    await requireForeignKeys(probe);
    return await createCatalog(client, deps);
  } catch (cause) {
    client.close();
    throw new Error(`The catalog at ${originOf(url)} cannot be opened: ${describe(cause)}`, { cause });
  } finally {
    probe.close();
  }
}

/** Each request may get another connection, so it is the server that has to enforce them. */
async function requireForeignKeys(client: Client): Promise<void> {
  const { rows } = await client.execute('PRAGMA foreign_keys');
  if (Number(rows[0]?.foreign_keys) === 1) return;
  throw new Error(
    'the server does not enforce foreign keys, and the catalog would fill with orphans: use another one',
  );
}

/** What a person may see of the address. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function describe(error: unknown): string {
  const why = messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
  const isRefused = /\b40[13]\b|UNAUTHORIZED|FORBIDDEN/.test(`${messageOf(error)} ${why}`);
  return isRefused ? `${why}. Set CATALOG_AUTH_TOKEN to what the server wants to see` : why;
}
