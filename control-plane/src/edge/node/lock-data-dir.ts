import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps the folder for this process. Two control planes in one folder would not wake each other's waiting requests, and each would
 * tidy up the uploads of the other. The lock is an open SQLite transaction, as the runner's is: the system ends it with the
 * process, so none is ever left behind.
 *
 * @returns what gives the folder back
 * @throws Error that says who has it
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const holderFile = join(dataDir, 'control-plane.pid');
  const lock = new DatabaseSync(join(dataDir, 'control-plane.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    throw new Error(
      `Another control plane (${holderOf(holderFile)}) works in ${dataDir}: stop it, or give this one another DATA_DIR.`,
    );
  }
  writeFileSync(holderFile, `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`);
  return () => lock.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked/.test(error.message);
}

function holderOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'it has not said which';
  }
}
