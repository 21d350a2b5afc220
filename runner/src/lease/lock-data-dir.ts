import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { safeName } from '@trainer/contract/primitives';

/** Another runner works in this folder. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
}

/**
 * Keeps the folder for this process, because two runners on one catalog file would both scrape and both write it.
 * The lock is an open SQLite transaction: the system ends it with the process, however that dies, so it can never be
 * left behind.
 *
 * @returns what gives the folder back
 * @throws DataDirInUse with who has it
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const holderFile = join(dataDir, 'runner.pid');
  const lock = new DatabaseSync(join(dataDir, 'runner.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    cleanUpAfter(cause, () => lock.close());
    if (!isBusy(cause)) throw cause;
    throw new DataDirInUse(
      `Another runner (${readIfThere(holderFile) ?? 'it has not said which'}) works in ${dataDir}: stop it, or give this one another DATA_DIR.`,
      { cause },
    );
  }
  writeFileSync(holderFile, `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`);
  return () => lock.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked/.test(error.message);
}

/** This runner's id, made at its first start and kept in `DATA_DIR`. Call it with the folder locked. */
export function runnerId(dataDir: string): string {
  const file = join(dataDir, 'runner-id');
  const kept = safeName.safeParse(readIfThere(file));
  if (kept.success) return kept.data;
  const id = randomUUID();
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `${id}\n`);
  return id;
}

/** The file's text without white space around it; undefined when there is no such file, or nothing in it. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
