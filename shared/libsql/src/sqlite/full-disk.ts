import { firstFault } from '@trainer/async/with-clean-up';
import { onceCoded } from './once-coded.ts';

/** SQLite's, and the system's for a full disk and a used-up quota. */
const CODES: readonly unknown[] = ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'];

/** What a full disk says, wherever in the chain of causes it stands; null when the disk is not what is the matter. */
export function fullDisk(thrown: unknown): string | null {
  const error = firstFault(thrown);
  if (!(error instanceof Error)) return null;
  if ('code' in error && CODES.includes(error.code)) return onceCoded(error.message);
  return fullDisk(error.cause);
}
