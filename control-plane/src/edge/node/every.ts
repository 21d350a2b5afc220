import type { Clock, ProgramLog } from '../../context/deps.ts';
import { withCauses } from '../../http/with-causes.ts';

/**
 * Does `work` now and every `ms` after it ended, until `signal` aborts. A failure is logged and the next turn
 * tries again.
 */
export async function every(
  ms: number,
  what: string,
  work: () => Promise<unknown>,
  { clock, log, signal }: { clock: Clock; log: ProgramLog; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      log('error', `${what} failed: ${withCauses(error)}`);
    }
    await clock.sleep(ms, signal);
  }
}
