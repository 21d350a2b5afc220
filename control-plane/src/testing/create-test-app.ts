import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, createClient } from '@trainer/shared/client';
import { type RouteKey, routeOf } from '@trainer/shared/routes';
import type { Scope } from '@trainer/shared/tokens';
import { createApp } from '../app.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import type { Deps, OwnLine } from '../deps.ts';
import { memoryWakeUp } from '../edge/memory-wake-up.ts';
import { nodeTempo } from '../edge/node/build-deps.ts';
import { diskObjects } from '../edge/node/disk-objects.ts';
import { readMigrations } from '../edge/node/read-migrations.ts';
import { outlivingWork } from '../edge/outliving-work.ts';
import { createVault } from '../secrets/vault.ts';
import { createToken } from '../tokens/create-token.ts';
import { FakeClock } from './fake-clock.ts';
import { openTestDatabase } from './open-test-database.ts';

export interface TestApp {
  deps: Deps;
  clock: FakeClock;
  /** Sends a request as a program or browser would; `path` begins with `/`. */
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** A typed caller with a token of that scope, whose answers are held to the contract. */
  as: (scope: Scope) => Call;
  /** The tokens that `as` uses. */
  tokens: Record<Scope, string>;
  /** What was recorded and logged. */
  recorded: OwnLine[];
  logged: string[];
  /** Resolves when all that outlives its answer is over. */
  settled: () => Promise<void>;
  /** Lets go of the database and of everything on disk. */
  close: () => Promise<void>;
}

/** A whole control plane on a migrated database of its own, with a fake clock. `over` replaces any part. */
export async function createTestApp(
  over: Partial<Deps> & { databasePath?: string; client?: string } = {},
): Promise<TestApp> {
  const { databasePath, client: address = '192.0.2.1', ...replaced } = over;
  const clock = new FakeClock();
  const recorded: OwnLine[] = [];
  const logged: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'control-plane-test-'));
  const database = await openTestDatabase({ path: databasePath });
  await migrate(database.client, readMigrations(), clock.now());
  const log: Deps['log'] = (level, message) => logged.push(`${level} ${message}`);
  const { later, settled } = outlivingWork(log);
  const deps: Deps = {
    db: openDatabase(database.client),
    objects: diskObjects(folder),
    assets: { areCompressed: false, read: async () => null },
    wakeUp: memoryWakeUp(clock),
    clock,
    log,
    record: async (...lines) => void recorded.push(...lines),
    vault: createVault('a key for tests'),
    fetch: (url, init) => fetch(url, init),
    later,
    closing: new AbortController().signal,
    publicUrl: null,
    tempo: nodeTempo,
    ...replaced,
  };
  const app = createApp(deps);
  const tokens = await createTokens(deps);
  const request = async (path: string, init?: RequestInit) => app.request(path, init, { client: address });
  const as = (scope: Scope): Call =>
    createClient({ baseUrl: 'http://localhost', token: tokens[scope], fetch: inProcess(request), check });
  const close = async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { deps, clock, request, as, tokens, recorded, logged, settled, close };
}

async function createTokens(deps: Deps): Promise<Record<Scope, string>> {
  const make = async (scope: Scope) =>
    (await createToken(deps, { name: `test ${scope}`, scope, expiresAt: null })).token;
  return {
    read: await make('read'),
    trigger: await make('trigger'),
    runner: await make('runner'),
    admin: await make('admin'),
  };
}

function inProcess(request: TestApp['request']): typeof fetch {
  return (input, init) => request(String(input), init);
}

/** An answer that the contract does not know fails the test that got it. */
function check(key: RouteKey, answer: unknown): void {
  const { response } = routeOf(key);
  if (response && typeof response !== 'string') response.parse(answer);
}
