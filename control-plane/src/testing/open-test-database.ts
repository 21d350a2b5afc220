import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@libsql/client/web';
import { createHranaServer } from '@trainer/shared/hrana/server';
import { httpDatabaseClient } from '../edge/http-database.ts';
import { openDatabaseFile, openHandle } from '../edge/node/open-database.ts';
import { serveFetch } from '../edge/node/serve-app.ts';
import { realClock } from '../edge/real-clock.ts';

export type DatabaseKind = 'file' | 'http';

/** What the vitest project that runs the test has chosen. */
export const databaseKind: DatabaseKind = process.env.TEST_DATABASE === 'http' ? 'http' : 'file';

export interface TestDatabase {
  client: Client;
  close: () => Promise<void>;
}

/** A database of the test's own: opened as a file, or served from one over HTTP as Turso would. */
export async function openTestDatabase({
  kind = databaseKind,
  path,
}: {
  kind?: DatabaseKind;
  /** Where it lies; otherwise it is gone once it is closed. */
  path?: string;
} = {}): Promise<TestDatabase> {
  if (kind === 'http') return path ? serveTestDatabase(path) : serveFreshDatabase();
  const client = openDatabaseFile(path ?? ':memory:');
  return { client, close: async () => client.close() };
}

/** Where another program finds it. */
export interface ServedDatabase extends TestDatabase {
  url: string;
  authToken: string;
}

export async function serveFreshDatabase(): Promise<ServedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'served-database-'));
  const { close, ...served } = await serveTestDatabase(join(folder, 'db'));
  return {
    ...served,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function serveTestDatabase(path: string): Promise<ServedDatabase> {
  const authToken = 'a token for tests';
  const open = () => {
    const handle = openHandle(path);
    // Nobody cuts the power of a test.
    handle.exec('PRAGMA synchronous = OFF');
    return handle;
  };
  const hrana = createHranaServer({ open, sleep: realClock.sleep, authToken });
  const served = await serveFetch(hrana.fetch, { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${served.port}`;
  return {
    client: httpDatabaseClient({ url, authToken }),
    url,
    authToken,
    close: async () => {
      await served.close();
      hrana.close();
    },
  };
}
