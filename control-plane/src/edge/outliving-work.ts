import type { Deps } from '../deps.ts';
import { withCauses } from '../http/with-causes.ts';

export interface OutlivingWork {
  later: Deps['later'];
  /** Resolves when no work is under way, that which it led to included. */
  settled: () => Promise<void>;
}

/** Work that outlives the answer it belongs to, where the process lives on: it begins at once, and failures are logged. */
export function outlivingWork(log: Deps['log']): OutlivingWork {
  const underWay = new Set<Promise<void>>();
  return {
    later(work) {
      const done = work()
        .catch((error: unknown) => log('error', `Work behind an answer failed: ${withCauses(error)}`))
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
