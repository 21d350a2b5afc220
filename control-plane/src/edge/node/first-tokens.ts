import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '@trainer/contract/tokens';
import type { Deps } from '../../context/deps.ts';
import { adoptToken } from '../../tokens/create-token.ts';
import { newToken } from '../../tokens/secrets.ts';
import { isNameTaken, isWithoutTokens } from '../../tokens/store.ts';
import type { NodeSettings } from './settings.ts';

type FirstTokenSettings = Pick<NodeSettings, 'DATA_DIR' | 'ADMIN_TOKEN' | 'RUNNER_TOKEN'>;

/**
 * Sees to it that the owner and a runner on this machine can get in without any set-up: tokens from the
 * environment are taken as they are, others are made once and written to `DATA_DIR`, readable by their owner only.
 *
 * @returns whether this is the first start on this database
 */
export async function provideFirstTokens(
  deps: Pick<Deps, 'db' | 'clock'>,
  settings: FirstTokenSettings,
): Promise<boolean> {
  const isFirstStart = await isWithoutTokens(deps.db);
  await provide(deps, settings, { name: 'owner', scope: 'admin', given: settings.ADMIN_TOKEN });
  await provide(deps, settings, { name: 'local runner', scope: 'runner', given: settings.RUNNER_TOKEN });
  return isFirstStart;
}

async function provide(
  deps: Pick<Deps, 'db' | 'clock'>,
  { DATA_DIR }: FirstTokenSettings,
  { name, scope, given }: { name: string; scope: Scope; given: string | undefined },
): Promise<void> {
  if (given !== undefined) {
    await adoptToken(deps, { name: `${scope.toUpperCase()}_TOKEN`, scope, token: given });
    return;
  }
  // Also when it was revoked: then the owner does not want it.
  if (await isNameTaken(deps.db, name)) return;
  const token = newToken(scope);
  mkdirSync(DATA_DIR, { recursive: true });
  // The file first: a token that nobody can read again would be worse than one that is not known yet.
  writeFileSync(tokenFile(DATA_DIR, scope), `${token}\n`, { mode: 0o600 });
  await adoptToken(deps, { name, scope, token });
}

/** Where the first start leaves a token for the programs of this machine. */
export function tokenFile(dataDir: string, scope: Scope): string {
  return join(dataDir, `${scope}-token`);
}
