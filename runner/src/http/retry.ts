import { parseHttpDate } from '@trainer/contract/http-date';
import type { Clock } from './clock.ts';
import { Retryable, Throttled } from './request-errors.ts';

/** Tries after the first (the practice of Stash's own plugins: 3, all waits of one request within 60 s). */
const MAX_RETRIES = 3;
const WAIT_BUDGET_MS = 60_000;
/** A 429 that does not say how long. */
const THROTTLED_WAIT_MS = 60_000;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
const NOTABLE_WAIT_MS = 5_000;
/** A host that names a longer wait is left alone for this run. */
const MAX_RETRY_AFTER_MS = 600_000;

interface RetryDeps {
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  /** Makes everyone of the source wait. */
  pauseFor: (ms: number) => void;
  /** Hears of a wait that somebody who watches would wonder about, in a sentence. */
  onWait?: (message: string) => void;
  signal?: AbortSignal;
}

/**
 * Repeats `attempt` while it fails in a way that may pass: 3 times, with 1, 2 and 4 s between (less up to half of it as
 * jitter), and no longer than 60 s in all unless the host itself asked for more.
 *
 * @throws the last error, when tries or patience are used up
 */
export async function retry<T>(deps: RetryDeps, attempt: () => Promise<T>): Promise<T> {
  let spentMs = 0;
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Retryable) || tries === MAX_RETRIES) throw error;
      const waitMs = waitBefore(error, tries, deps.random);
      if (waitMs > allowance(error, spentMs)) throw error;
      spentMs += waitMs;
      if (waitMs >= NOTABLE_WAIT_MS) {
        deps.onWait?.(`${error.message}; going on in ${Math.ceil(waitMs / 1_000)} s`);
      }
      if (error instanceof Throttled) deps.pauseFor(waitMs);
      else await deps.clock.sleep(waitMs, deps.signal);
    }
  }
}

function waitBefore(error: Retryable, tries: number, random: () => number): number {
  if (error.retryAfterMs !== null) return error.retryAfterMs;
  if (error instanceof Throttled) return THROTTLED_WAIT_MS;
  return Math.min(FIRST_BACKOFF_MS * 2 ** tries, MAX_BACKOFF_MS) * (1 - random() / 2);
}

function allowance(error: Retryable, spentMs: number): number {
  return error.retryAfterMs === null ? WAIT_BUDGET_MS - spentMs : MAX_RETRY_AFTER_MS;
}

/**
 * `Retry-After` in ms from now: seconds or an HTTP date (RFC 9110, 10.2.3). A date in the past is 0; null when the
 * header is absent or says nothing that can be read.
 */
export function readRetryAfter(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = parseHttpDate(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
