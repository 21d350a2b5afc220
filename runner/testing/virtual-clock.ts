import type { Clock } from '../src/http/clock.ts';

/** A clock whose sleeps pass at once and are written down. */
export function virtualClock(startMs = Date.UTC(2026, 5, 1)) {
  let nowMs = startMs;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      sleeps.push(ms);
      // Whoever was due before gets to look at the clock first.
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += ms;
    },
  } satisfies Clock & Record<string, unknown>;
}
