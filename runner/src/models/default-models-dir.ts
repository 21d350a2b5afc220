import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where model files live unless the settings say otherwise: `MODELS_DIR`, else `models` under `DATA_DIR`, else the user's
 * cache folder, which survives a fresh checkout.
 */
export function defaultModelsDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MODELS_DIR) return env.MODELS_DIR;
  if (env.DATA_DIR) return join(env.DATA_DIR, 'models');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stash-sense-trainer', 'models');
}
