import { readSettings, type Setting } from '@trainer/contract/settings';
import { z } from 'zod';
import type { Edge } from '../programs/control-plane.ts';
import type { DemoSettings } from './open-demo.ts';

const table = {
  DATA_DIR: {
    schema: z.string().optional(),
    description: 'Folder of everything that the demo keeps: ./data/demo, with --edge ./data/demo-edge.',
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
export function readDemoSettings(env: NodeJS.ProcessEnv, edge: Edge): DemoSettings {
  const { DATA_DIR, PORT } = readSettings(table, env, () => '');
  // Versions of the one are not in the store of the other.
  return { DATA_DIR: DATA_DIR ?? (edge === 'workerd' ? './data/demo-edge' : './data/demo'), PORT, edge };
}
