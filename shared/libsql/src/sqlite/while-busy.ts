import type { LibsqlError } from '@libsql/core/api';
import { toLibsqlError } from './errors.ts';

/** How long a statement keeps trying while somebody else holds the write lock. */
const BUSY_LIMIT_MS = 10_000;

/**
 * Does `work`, and does it again without blocking the event loop while the file is busy, for at most 10 s.
 *
 * @param sleep awaited between attempts
 * @param isWorthIt whether another attempt makes sense after one that failed with this; asked before and after each wait
 * @throws {LibsqlError}
 */
export async function whileBusy<T>(
  work: () => T,
  sleep: (ms: number) => Promise<void>,
  isWorthIt: (error: LibsqlError) => boolean = () => true,
): Promise<T> {
  for (let waitedMs = 0, waitMs = 2; ; waitedMs += waitMs, waitMs = Math.min(waitMs * 2, 100)) {
    try {
      return work();
    } catch (error) {
      const known = toLibsqlError(error);
      if (known.code !== 'SQLITE_BUSY' || waitedMs >= BUSY_LIMIT_MS || !isWorthIt(known)) throw known;
      await sleep(waitMs);
      // The caller may have gone away meanwhile, and the lock too.
      if (!isWorthIt(known)) throw known;
    }
  }
}
