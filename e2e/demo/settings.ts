import { readSettings, type Setting } from '@trainer/shared/settings';
import { z } from 'zod';

const table = {
  DATA_DIR: {
    schema: z.string().default('./data/demo'),
    description: 'Folder of everything that the demo keeps.',
  },
  PORT: {
    schema: z.coerce
      .number('expected a port number')
      .int()
      .min(1, 'expected a port from 1 to 65534')
      // The demo's stash-box likes the port above.
      .max(65_534, 'expected a port from 1 to 65534')
      .default(8080),
    description: 'Port of the control plane and its dashboard.',
  },
} satisfies Record<string, Setting>;

/** @throws SettingsError with every mistake at once */
export function readDemoSettings(env: NodeJS.ProcessEnv) {
  return readSettings(table, env, () => '');
}
