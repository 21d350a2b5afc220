import { createLoginLink } from '../../../tokens/create-login-link.ts';
import { buildDeps } from '../build-deps.ts';
import { dashboardUrl } from '../dashboard-url.ts';
import { readNodeSettings } from '../settings.ts';
import type { Terminal } from './terminal.ts';

/** Prints a fresh one-time link for an owner who has lost the way in. The control plane may be running. */
export async function loginLink(_: readonly string[], { env, out }: Terminal): Promise<void> {
  const settings = readNodeSettings(env);
  const deps = await buildDeps(settings, new AbortController().signal);
  out(`${await createLoginLink(deps, dashboardUrl(settings, settings.PORT))}\n`);
  deps.db.$client.close();
}
