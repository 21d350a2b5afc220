import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from '../../tokens/secrets.ts';
import type { NodeSettings } from './settings.ts';

/**
 * What the vault's key is derived from: `SECRET_KEY`, or else the file `secret-key` in `DATA_DIR`, which is made once and
 * readable by its owner only. It lies beside the database, so a backup that shall keep hooks secret leaves it out.
 */
export function provideSecretKey({ SECRET_KEY, DATA_DIR }: NodeSettings): string {
  if (SECRET_KEY !== undefined) return SECRET_KEY;
  const file = join(DATA_DIR, 'secret-key');
  mkdirSync(DATA_DIR, { recursive: true });
  try {
    // Fails where there is one, so of two programs that start at once one makes the key.
    writeFileSync(file, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const key = readFileSync(file, 'utf8').trim();
  if (key === '')
    throw new Error(
      `${file} is empty: restore it from a backup, or delete it and enter the addresses of hooks again.`,
    );
  return key;
}
