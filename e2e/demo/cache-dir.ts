import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the demo keeps the photos it fetched and the pictures it cut: `demo` under `DATA_DIR`, else the user's cache folder,
 * which survives a fresh checkout.
 */
export function demoCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DATA_DIR) return join(env.DATA_DIR, 'demo');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stash-sense-trainer', 'demo');
}
