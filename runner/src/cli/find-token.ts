import { join } from 'node:path';
import { readIfThere } from '../lease/lock-data-dir.ts';
import type { RunnerSettings } from '../settings/settings.ts';

/**
 * The token for looking at runs and starting them: from the environment, else the one that a control plane on this
 * machine has left in `DATA_DIR` (readable by its owner only).
 */
export function commandToken(settings: RunnerSettings): string | undefined {
  return (
    settings.CONTROL_PLANE_TOKEN ??
    readIfThere(join(settings.DATA_DIR, 'admin-token')) ??
    runnerToken(settings)
  );
}

/** The token for taking leases. */
export function runnerToken({ RUNNER_TOKEN, DATA_DIR }: RunnerSettings): string | undefined {
  return RUNNER_TOKEN ?? readIfThere(join(DATA_DIR, 'runner-token'));
}
