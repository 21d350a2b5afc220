import { readFileSync } from 'node:fs';
import { readSettings, type Settings, type SettingsTable } from '@trainer/contract/settings';
import { z } from 'zod';

/** Everything that the environment can say to the local edge. */
export const settings = {
  PORT: {
    schema: z.coerce.number('expected a port number').int().min(0).max(65_535).default(8787),
    description: 'The port of loopback that the Worker listens on; 0 takes any free one.',
  },
  DATA_DIR: {
    schema: z.string().default('./data/edge'),
    description: 'Folder of the database, of R2’s objects and of the first tokens.',
  },
} as const satisfies SettingsTable;

export type LocalSettings = Settings<typeof settings>;

/** @throws {SettingsError} with every mistake at once */
export function readLocalSettings(env: NodeJS.ProcessEnv): LocalSettings {
  return readSettings(settings, env, (path) => readFileSync(path, 'utf8'));
}
