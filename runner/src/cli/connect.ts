import { join } from 'node:path';
import type { Call } from '@trainer/contract/client';
import { createApi } from '../control/api.ts';
import { readIfThere } from '../lease/lock-data-dir.ts';
import { type RunnerSettings, readRunnerSettings } from '../settings/settings.ts';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** The control plane as the environment names it. Nothing is sent yet. */
export function connect({ env }: Pick<Terminal, 'env'>): Call {
  const settings = readRunnerSettings(env);
  const token = commandToken(settings);
  if (token) return createApi({ baseUrl: settings.CONTROL_PLANE_URL, token, program: 'cli' });
  throw new CliError(
    'notAllowed',
    'No token is known here. Set CONTROL_PLANE_TOKEN (the control plane printed one at its first start), or ' +
      'DATA_DIR to the control plane’s own folder when it runs on this machine.',
  );
}

/** The control plane without a token, for what everybody may see. */
export function connectPublicly({ env }: Pick<Terminal, 'env'>): Call {
  const settings = readRunnerSettings(env);
  return createApi({ baseUrl: settings.CONTROL_PLANE_URL, token: commandToken(settings), program: 'cli' });
}

/**
 * The token for looking at runs and starting them: from the environment, else the one that a control plane on this
 * machine has left in `DATA_DIR` (readable by its owner only).
 */
function commandToken(settings: RunnerSettings): string | undefined {
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
