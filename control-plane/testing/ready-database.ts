import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../src/db/migrate.ts';
import { openDatabase } from '../src/db/open.ts';
import { openDatabaseFile, readMigrations } from '../src/edge/node/open-database.ts';
import { FakeClock } from './fake-clock.ts';
import { serveFreshDatabase, type TestDatabase } from './open-test-database.ts';
import { createTokens, type Tokens } from './test-app.ts';

interface Ready {
  file: Uint8Array;
  tokens: Tokens;
}
let ready: Promise<Ready> | null = null;

/** A served database with its tables and the tokens of tests. Making them takes longer than most tests: it is done once. */
export async function serveReadyDatabase(): Promise<TestDatabase & { tokens: Tokens }> {
  ready ??= makeReady();
  const { file, tokens } = await ready;
  return { ...(await serveFreshDatabase(file)), tokens };
}

async function makeReady(): Promise<Ready> {
  const folder = mkdtempSync(join(tmpdir(), 'ready-database-'));
  const client = openDatabaseFile(join(folder, 'db'));
  const clock = new FakeClock();
  await migrate(client, readMigrations(), clock.now());
  const tokens = await createTokens({ db: openDatabase(client), clock });
  client.close();
  const file = readFileSync(join(folder, 'db'));
  rmSync(folder, { recursive: true });
  return { file, tokens };
}
