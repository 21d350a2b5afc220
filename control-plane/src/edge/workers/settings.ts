import { readSettings, type Settings, type SettingsTable } from '@trainer/contract/settings';
import { z } from 'zod';
import { publicUrlSetting, tokenSetting } from '../common-settings.ts';

/** What the Worker is told: secrets by `wrangler secret put`, the rest under `[vars]` of `wrangler.toml`. */
export const settings = {
  LIBSQL_URL: {
    schema: z.url({
      protocol: /^(libsql|https?)$/,
      error: ({ input }) =>
        input === undefined
          ? 'is not set: npx wrangler secret put LIBSQL_URL'
          : 'expected a libsql or http address',
    }),
    description: 'The libSQL server: Turso, or your own.',
    // Whoever pastes the token here by mistake must not read it in the answer that anybody gets.
    secret: true,
  },
  LIBSQL_AUTH_TOKEN: {
    schema: z.string().optional(),
    description: 'What that server wants to see.',
    secret: true,
  },
  ADMIN_TOKEN: {
    schema: z
      .string('is not set, so nobody could get in: npx wrangler secret put ADMIN_TOKEN')
      .pipe(tokenSetting),
    description: 'The owner’s token: what the dashboard’s login page wants.',
    secret: true,
  },
  SECRET_KEY: {
    schema: z.string().min(32, 'is too short: use at least 32 characters').max(200).optional(),
    description:
      'Seals the addresses of hooks; without it ADMIN_TOKEN does, and with a new one they are entered again.',
    secret: true,
  },
  PUBLIC_URL: {
    schema: publicUrlSetting.optional(),
    description: 'The Worker’s address, for the links in what hooks are told.',
  },
} as const satisfies SettingsTable;

export type WorkerSettings = Settings<typeof settings>;

/** @throws {SettingsError} with every mistake at once */
export function readWorkerSettings(env: Readonly<Record<string, unknown>>): WorkerSettings {
  const texts = Object.fromEntries(
    Object.keys(settings).map((name) => [name, typeof env[name] === 'string' ? env[name] : undefined]),
  );
  // A Worker has no files, and nobody sets a secret's `_FILE` there.
  return readSettings(settings, texts, () => '');
}
