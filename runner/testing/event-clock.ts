import type { Clock } from '../src/http/clock.ts';

/**
 * A clock for many sleepers at once: when nothing else is going on, it jumps to the moment at which the next of them wakes.
 * Hours of waiting pass in no time, and everybody wakes in order. Answers of a server take next to no time by it.
 */
export function eventClock(startMs = Date.UTC(2026, 5, 1)) {
  const sleepers = new Set<{ wakesAt: number; wake: () => void }>();
  let nowMs = startMs;
  let isTurning = false;

  async function turn(): Promise<void> {
    isTurning = true;
    while (sleepers.size > 0) {
      // Answers that are on their way get there first.
      for (let rounds = 0; rounds < 4; rounds++) await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...sleepers].toSorted((one, other) => one.wakesAt - other.wakesAt);
      if (!next) break;
      sleepers.delete(next);
      nowMs = Math.max(nowMs, next.wakesAt);
      next.wake();
    }
    isTurning = false;
  }

  return {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { wakesAt: nowMs + ms, wake: resolve };
      const leave = () => {
        sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      sleepers.add(sleeper);
      if (!isTurning) void turn();
      await promise.finally(() => signal?.removeEventListener('abort', leave));
    },
  } satisfies Clock & Record<string, unknown>;
}
