import type { Deps } from '../../context/deps.ts';
import { migrate } from '../../db/migrate.ts';
import { adoptToken } from '../../tokens/adopt-token.ts';
import { hashSecret } from '../../tokens/secrets.ts';
import { findToken } from '../../tokens/store.ts';
import { migrations } from './migrations.ts';
import type { WorkerSettings } from './settings.ts';

/**
 * Brings the database to this program's schema and lets the owner in. Every isolate does it before its first answer,
 * and several may at once: repeated, it changes nothing.
 */
export async function prepare(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  { ADMIN_TOKEN: token }: WorkerSettings,
): Promise<void> {
  const applied = await migrate(deps.db.$client, migrations, deps.clock.now());
  if (applied.length > 0) deps.log('info', `The database was brought to ${applied.at(-1)}`);
  const known = await findToken(deps.db, await hashSecret(token));
  if (!known || known.revokedAt !== null) {
    await adoptToken(deps, { name: 'ADMIN_TOKEN', scope: 'admin', token });
  }
}
