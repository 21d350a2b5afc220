import { type Restarts, restartsSchema } from '@trainer/shared/leases';
import type { Redact } from '../logs/redact.ts';

/** What the supervisor says in `SUPERVISED` about this runner's former ends; undefined when it was not started again. */
export function readRestarts(env: NodeJS.ProcessEnv, redact: Redact): Restarts | undefined {
  const read = restartsSchema.safeParse(parseJson(env.SUPERVISED ?? ''));
  return read.success ? { ...read.data, reason: redact(read.data.reason).slice(0, 500) } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
