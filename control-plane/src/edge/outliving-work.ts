import type { Deps } from '../context/deps.ts';
import { withCauses } from '../http/with-causes.ts';

export interface OutlivingWork {
  later: Deps['later'];
  /** Resolves when no work is under way, that which it led to included. */
  settled: () => Promise<void>;
}

/**
 * Work that outlives the answer it belongs to: it begins at once, and failures are logged. `hold` tells the platform of
 * it, where that would end with the answer.
 */
export function outlivingWork(
  log: Deps['log'],
  hold: (done: Promise<void>) => void = () => {},
): OutlivingWork {
  const underWay = new Set<Promise<void>>();
  return {
    later(work) {
      const done = work()
        .catch((error: unknown) => log('error', `Work behind an answer failed: ${withCauses(error)}`))
        .finally(() => underWay.delete(done));
      underWay.add(done);
      hold(done);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
