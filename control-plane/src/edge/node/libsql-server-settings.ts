import { readFileSync } from 'node:fs';
import { readSettings, type Settings, SettingsError, type SettingsTable } from '@trainer/contract/settings';
import { z } from 'zod';

/** Everything that the environment can say to the libSQL server; the names may stand in one file with the other programs'. */
export const settings = {
  LIBSQL_PORT: {
    schema: z.coerce.number('expected a port number').int().min(0).max(65_535).default(8081),
    description: 'The port that the libSQL server listens on; 0 takes any free one.',
  },
  LIBSQL_HOST: {
    schema: z.string().default('127.0.0.1'),
    description:
      'The address that the libSQL server listens on; one that others can reach needs LIBSQL_AUTH_TOKEN.',
  },
  LIBSQL_FILE: {
    schema: z.string().default('libsql.db'),
    description: 'The database file that the libSQL server serves, seen from DATA_DIR.',
  },
  DATA_DIR: {
    schema: z.string().default('./data'),
    description: 'Folder of the database file that npm run libsql-server serves.',
  },
  LIBSQL_AUTH_TOKEN: {
    schema: z.string().min(16, 'is too short: use at least 16 characters').max(4096).optional(),
    description: 'What callers of npm run libsql-server must show.',
    secret: true,
  },
} as const satisfies SettingsTable;

export type LibsqlServerSettings = Settings<typeof settings>;

/** @throws {SettingsError} with every mistake at once, or when everybody on the network could read and write */
export function readLibsqlServerSettings(env: NodeJS.ProcessEnv): LibsqlServerSettings {
  const read = readSettings(settings, env, (path) => readFileSync(path, 'utf8'));
  if (read.LIBSQL_AUTH_TOKEN === undefined && !isLoopback(read.LIBSQL_HOST)) {
    throw new SettingsError(
      `LIBSQL_HOST: others can reach ${read.LIBSQL_HOST}, so set LIBSQL_AUTH_TOKEN, or listen on 127.0.0.1`,
    );
  }
  return read;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
