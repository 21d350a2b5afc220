import type { Deps } from '../context/deps.ts';
import { dropDeliveries } from './store.ts';

const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
/** Of each hook. */
const KEPT_COUNT = 200;

/** Forgets old deliveries. Called from time to time by the edge; answers with how many there were. */
export function pruneDeliveries({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  return dropDeliveries(db, { before: clock.now() - KEPT_MS, newest: KEPT_COUNT });
}
