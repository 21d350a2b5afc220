import { readFileSync } from 'node:fs';
import { readSettings, type Settings, type SettingsTable } from '@trainer/contract/settings';
import { z } from 'zod';
import { publicUrlSetting, tokenSetting } from '../common-settings.ts';

const token = tokenSetting.optional();

/** Everything that the environment can say to a control plane on Node. */
export const settings = {
  PORT: {
    schema: z.coerce.number('expected a port number').int().min(0).max(65_535).default(8080),
    description: 'The port that it listens on; 0 takes any free one.',
  },
  HOST: {
    schema: z.string().default('127.0.0.1'),
    description: 'The address that it listens on; 0.0.0.0 opens it to the network.',
  },
  DATA_DIR: {
    schema: z.string().default('./data'),
    description: 'Folder of the database, the versions and the first tokens.',
  },
  MIN_FREE_MB: {
    schema: z.coerce
      .number('expected a number')
      .int('expected a whole number')
      .min(0)
      .max(1_000_000)
      .default(500),
    description:
      'What must stay free on the disk of DATA_DIR, MB: below it no work is begun and no upload taken; 0 for no limit.',
  },
  PUBLIC_URL: {
    schema: publicUrlSetting.optional(),
    description: 'The address that browsers use when a proxy stands in front; https makes cookies secure.',
  },
  LIBSQL_URL: {
    schema: z.url({ protocol: /^(libsql|https?)$/, message: 'expected a libsql or http address' }).optional(),
    description: 'A libSQL server to use instead of a file in DATA_DIR.',
  },
  LIBSQL_AUTH_TOKEN: {
    schema: z.string().optional(),
    description: 'What that server wants to see.',
    secret: true,
  },
  ADMIN_TOKEN: {
    schema: token,
    description: 'A token of scope admin; without it the first start writes one to DATA_DIR/admin-token.',
    secret: true,
  },
  RUNNER_TOKEN: {
    schema: token,
    description: 'A token of scope runner; without it the first start writes one to DATA_DIR/runner-token.',
    secret: true,
  },
  SECRET_KEY: {
    schema: z.string().min(32, 'is too short: use at least 32 characters').max(200).optional(),
    description:
      'Seals the addresses and tokens of hooks in the database; without it the first start writes one to DATA_DIR/secret-key.',
    secret: true,
  },
} as const satisfies SettingsTable;

export type NodeSettings = Settings<typeof settings>;

/** @throws {SettingsError} with every mistake at once */
export function readNodeSettings(env: NodeJS.ProcessEnv): NodeSettings {
  return readSettings(settings, env, (path) => readFileSync(path, 'utf8'));
}

/** The address to give to people: `PUBLIC_URL`, or where we listen, as seen from this machine. */
export function dashboardUrl({ HOST, PUBLIC_URL }: NodeSettings, port: number): string {
  if (PUBLIC_URL) return PUBLIC_URL;
  const isEverywhere = HOST === '0.0.0.0' || HOST === '::';
  const host = isEverywhere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${host}:${port}`;
}
