import type { Call } from '@trainer/contract/client';
import { createApi } from '../control/api.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { CliError } from './cli-error.ts';
import { commandToken } from './find-token.ts';
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
