import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@libsql/client/web';
import { createHranaServer } from '@trainer/libsql/hrana/server';
import { httpDatabaseClient } from '../src/edge/http-database.ts';
import { openDatabaseFile, openHandle } from '../src/edge/node/open-database.ts';
import { serveFetch } from '../src/edge/node/serve-app.ts';
import { realClock } from '../src/edge/real-clock.ts';

/** What a served one wants to see. */
export const AUTH_TOKEN = 'a token for tests';

/** Chosen by the vitest project that the test runs in. */
const isServed = process.env.TEST_DATABASE === 'http';

export interface TestDatabase {
  client: Client;
  /** Where other processes reach it, with `connectTestDatabase`. */
  address: string;
  close: () => Promise<void>;
}

/**
 * A database of the test's own: opened as a file, or, in the project `http`, served from one as Turso serves it.
 *
 * @param path where it lies; without one nothing is left of it
 */
export async function openTestDatabase({ path }: { path?: string } = {}): Promise<TestDatabase> {
  if (isServed) return path ? serveTestDatabase(path) : serveFreshDatabase();
  const address = path ?? ':memory:';
  const client = connectTestDatabase(address);
  return { client, address, close: async () => client.close() };
}

export function connectTestDatabase(address: string): Client {
  return address.startsWith('http:')
    ? httpDatabaseClient({ url: address, authToken: AUTH_TOKEN })
    : openDatabaseFile(address);
}

/** One that is served over HTTP, whatever the project. `file` is what it begins with; nothing otherwise. */
export async function serveFreshDatabase(file?: Uint8Array): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'served-database-'));
  if (file) writeFileSync(join(folder, 'db'), file);
  const served = await serveTestDatabase(join(folder, 'db'));
  const close = async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  };
  return { ...served, close };
}

async function serveTestDatabase(path: string): Promise<TestDatabase> {
  const open = () => {
    const handle = openHandle(path);
    // Nobody cuts the power of a test.
    handle.exec('PRAGMA synchronous = OFF');
    return handle;
  };
  const hrana = createHranaServer({ open, sleep: realClock.sleep, authToken: AUTH_TOKEN });
  const served = await serveFetch(hrana.fetch, { host: '127.0.0.1', port: 0 });
  const address = `http://127.0.0.1:${served.port}`;
  const close = async () => {
    await served.close();
    hrana.close();
  };
  return { client: connectTestDatabase(address), address, close };
}
