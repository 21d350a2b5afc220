import pLimit from 'p-limit';
import type { Clock } from './clock.ts';

export interface Pace {
  requestsPerMinute: number;
  /** Requests under way at once. */
  concurrency: number;
}

/** What one request wants of its turn besides. */
export interface SlotOptions {
  /** The next one starts this long after it at the earliest, ms, whatever the pace allows. */
  spacingMs?: number;
  /** Hears how long it stood first in the queue, ms; the waits of several never overlap. */
  onWait?: (ms: number) => void;
}

/** One source's place in the queue: pages, API calls and images share it. */
export interface Limiter {
  /** Runs `work` when it is its turn. Rejects with the signal's reason when that is aborted first. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal, options?: SlotOptions): Promise<T>;
  /** The host asked for patience: nobody starts within `ms`, and the spacing doubles. */
  pauseFor(ms: number): void;
  /** The host answered normally: a doubled spacing shrinks again. */
  recover(): void;
  setPace(pace: Pace): void;
  /** Time in which somebody stood waiting for the spacing or for a host, ms. */
  waitedMs(): number;
}

/** After refusals in a row the spacing is at most this many times the configured one. */
const MAX_SLOWDOWN = 8;
/** A normal answer takes off a tenth, so a host at ease is back at full speed after some twenty. */
const RECOVERY_FACTOR = 0.9;

/** Starts are at least 60 s / rate apart, measured from start to start. */
export function createLimiter(clock: Clock, first: Pace): Limiter {
  const limit = pLimit(first.concurrency);
  let pace = first;
  let slowdown = 1;
  let nextStartAt = 0;
  let pausedUntil = 0;
  let waitedMs = 0;
  let lastStart = Promise.resolve();

  async function waitForStart({ spacingMs = 0, onWait }: SlotOptions, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const left = Math.max(nextStartAt, pausedUntil) - clock.now();
      if (left <= 0) break;
      const since = clock.now();
      await clock.sleep(left, signal);
      waitedMs += clock.now() - since;
      onWait?.(clock.now() - since);
    }
    nextStartAt = clock.now() + Math.max((60_000 / pace.requestsPerMinute) * slowdown, spacingMs);
  }

  async function takeSlot(options: SlotOptions, signal?: AbortSignal): Promise<void> {
    const before = lastStart;
    const started = Promise.withResolvers<void>();
    lastStart = started.promise;
    try {
      await before;
      signal?.throwIfAborted();
      await waitForStart(options, signal);
    } finally {
      started.resolve();
    }
  }

  return {
    run: (work, signal, options = {}) =>
      limit(async () => {
        await takeSlot(options, signal);
        return work();
      }),
    pauseFor(ms) {
      slowdown = Math.min(slowdown * 2, MAX_SLOWDOWN);
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    recover() {
      slowdown = Math.max(1, slowdown * RECOVERY_FACTOR);
    },
    setPace(changed) {
      pace = changed;
      limit.concurrency = changed.concurrency;
    },
    waitedMs: () => waitedMs,
  };
}

/** The limiters of a process: a source keeps its own from one task to the next. */
export function createLimiters(clock: Clock): (source: string, pace: Pace) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (source, pace) => {
    const limiter = limiters.get(source) ?? createLimiter(clock, pace);
    limiter.setPace(pace);
    limiters.set(source, limiter);
    return limiter;
  };
}
