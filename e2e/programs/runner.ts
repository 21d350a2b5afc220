import { join } from 'node:path';
import { type Program, startProgram } from './program.ts';

export interface RunnerOptions {
  dataDir: string;
  modelsDir: string;
  controlPlane: { url: string; dataDir: string };
  /** Takes StashDB's place: loopback is fetched from because the owner names it here. */
  stashBox: { url: string; apiKey: string };
  env?: Readonly<Record<string, string>>;
}

/** Starts a runner on the CPU. It shows itself to the control plane as soon as its models have passed their test. */
export function startRunner(options: RunnerOptions): Program {
  const { dataDir, modelsDir, controlPlane, stashBox, env } = options;
  return startProgram({
    name: 'runner',
    args: ['runner/src/main.ts', 'start'],
    env: {
      DATA_DIR: dataDir,
      MODELS_DIR: modelsDir,
      DEVICE: 'cpu',
      CONTROL_PLANE_URL: controlPlane.url,
      RUNNER_TOKEN_FILE: join(controlPlane.dataDir, 'runner-token'),
      STASHDB_URL: stashBox.url,
      STASHDB_API_KEY: stashBox.apiKey,
      ...env,
    },
  });
}
