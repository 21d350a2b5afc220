import { setTimeout as elapsed } from 'node:timers/promises';
import { hangLimits } from '@trainer/testing/hang-limits';

export interface UntilOptions {
  /** For measurements that take longer than `hangLimits.waitMs`, which is the limit otherwise. */
  withinMs?: number;
  everyMs?: number;
  /** Added to the message of a failure: logs, states. */
  explain?: () => string;
}

/**
 * Asks again and again until `probe` answers with something true.
 *
 * @throws Error with the last answer after `withinMs`
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { withinMs = hangLimits.waitMs, everyMs = 50, explain = () => '' }: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + withinMs;
  let last: T;
  do {
    last = await probe();
    if (isTrue(last)) return last;
    await elapsed(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${withinMs} ms in vain: ${what}. Last seen: ${JSON.stringify(last)}\n${explain()}`);
}

function isTrue<T>(value: T): value is Exclude<T, false | null | undefined | 0 | ''> {
  return Boolean(value);
}
