import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, type Settings, type SettingsTable } from '@trainer/contract/settings';
import { z } from 'zod';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { newSecret } from '../../tokens/secrets.ts';
import { provideFirstTokens } from '../node/first-tokens.ts';
import { lockDataDir } from '../node/lock-data-dir.ts';
import { openDatabaseFile, readMigrations } from '../node/open-database.ts';
import { serveDatabase } from '../node/serve-database.ts';
import { realClock } from '../real-clock.ts';
import { startWorkerd, type Workerd } from './start-workerd.ts';

/** Everything that the environment can say to the local edge. */
const settings = {
  PORT: {
    schema: z.coerce.number('expected a port number').int().min(0).max(65_535).default(8787),
    description: 'The port of loopback that the Worker listens on; 0 takes any free one.',
  },
  DATA_DIR: {
    schema: z.string().default('./data/edge'),
    description: 'Folder of the database, of R2’s objects and of the first tokens.',
  },
} as const satisfies SettingsTable;

type LocalSettings = Settings<typeof settings>;

/** @throws {SettingsError} with every mistake at once */
export function readLocalSettings(env: NodeJS.ProcessEnv): LocalSettings {
  return readSettings(settings, env, (path) => readFileSync(path, 'utf8'));
}

/** The Worker and everything that it stands on, in one folder of this machine. */
interface LocalEdge extends AsyncDisposable {
  url: string;
  workerd: Workerd;
  /** Whether the folder was new, so that nobody has a token yet. */
  isFirstStart: boolean;
}

/**
 * Starts a libSQL server on `dataDir`'s database, and the Worker on workerd with that server and a local R2. The same
 * files as on Node: `control-plane.db`, `admin-token`, `runner-token`; objects lie in `r2/`.
 */
export async function openEdge({
  dataDir,
  port,
  print,
}: {
  dataDir: string;
  port: number;
  print: (line: string) => void;
}): Promise<LocalEdge> {
  await using opened = new AsyncDisposableStack();
  opened.defer(lockDataDir(dataDir));
  const file = join(dataDir, 'control-plane.db');
  const isFirstStart = await letOwnerIn(file, dataDir);
  const authToken = newSecret();
  const database = await serveDatabase(file, { host: '127.0.0.1', port: 0, authToken });
  opened.defer(() => database.close());
  const workerd = opened.use(
    await startWorkerd({
      bindings: {
        LIBSQL_URL: `http://127.0.0.1:${database.port}`,
        LIBSQL_AUTH_TOKEN: authToken,
        ADMIN_TOKEN: readFileSync(join(dataDir, 'admin-token'), 'utf8').trim(),
      },
      port,
      dataDir: join(dataDir, 'r2'),
      print,
    }),
  );
  const kept = opened.move();
  return {
    url: workerd.url,
    workerd,
    isFirstStart,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What `wrangler secret put` and the dashboard do for a deployed Worker: tokens for the owner and for a runner. */
async function letOwnerIn(file: string, dataDir: string): Promise<boolean> {
  const client = openDatabaseFile(file);
  try {
    await migrate(client, readMigrations(), realClock.now());
    const tokens = { DATA_DIR: dataDir, ADMIN_TOKEN: undefined, RUNNER_TOKEN: undefined };
    return await provideFirstTokens({ db: openDatabase(client), clock: realClock }, tokens);
  } finally {
    client.close();
  }
}
