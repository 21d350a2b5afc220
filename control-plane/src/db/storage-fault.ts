import { firstFault } from '@trainer/async/with-clean-up';
import { fullDisk, onceCoded } from '@trainer/libsql/sqlite/errors';

/** SQLite's primary codes for a file that somebody has to see to; those of its extended codes begin with them. */
const UNUSABLE = /^SQLITE_(?:IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY)/;

/** Why the database cannot be used until its owner has seen to it, in a sentence; null when that is not what is the matter. */
export function storageFault(thrown: unknown): string | null {
  const full = fullDisk(thrown);
  if (full !== null) return `The control plane cannot store anything, because its disk is full: ${full}.`;
  const unusable = unusableFile(thrown);
  return unusable === null ? null : `The control plane cannot use its database: ${unusable}.`;
}

/** Wherever in the chain of causes it stands. */
function unusableFile(thrown: unknown): string | null {
  const error = firstFault(thrown);
  if (!(error instanceof Error)) return null;
  const isCoded = 'code' in error && typeof error.code === 'string' && UNUSABLE.test(error.code);
  return isCoded || error instanceof FileGone ? onceCoded(error.message) : unusableFile(error.cause);
}

/** A file or folder that this process uses is not the one at its path any more. */
export class FileGone extends Error {
  override readonly name = 'FileGone';
}
