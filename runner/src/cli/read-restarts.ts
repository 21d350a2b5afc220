import type { Restarts } from '@trainer/contract/leases';
import { parseRestarts } from '@trainer/contract/parse-restarts';
import type { Redact } from '../logs/redact.ts';

/** What the supervisor says in `SUPERVISED` about this runner's former ends; undefined when it was not started again. */
export function readRestarts(env: NodeJS.ProcessEnv, redact: Redact): Restarts | undefined {
  const restarts = parseRestarts(env.SUPERVISED);
  return restarts && { ...restarts, reason: redact(restarts.reason).slice(0, 500) };
}
