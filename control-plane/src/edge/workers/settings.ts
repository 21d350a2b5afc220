import { readSettings, type Settings, type SettingsTable } from '@trainer/shared/settings';
import { z } from 'zod';

/** The secrets of the Worker, as `wrangler secret put` sets them. */
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
  },
  LIBSQL_AUTH_TOKEN: {
    schema: z.string().optional(),
    description: 'What that server wants to see.',
    secret: true,
  },
  ADMIN_TOKEN: {
    schema: z
      .string('is not set, so nobody could get in: npx wrangler secret put ADMIN_TOKEN')
      .min(16, 'is too short: use at least 16 characters')
      .max(200),
    description: 'The owner’s token: what the dashboard’s login page wants.',
    secret: true,
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
