import { setTimeout as elapsed } from 'node:timers/promises';

/** Time as a parameter, so that tests need not wait for it. */
export interface Clock {
  /** ms since 1970, never going back. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted meanwhile. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Monotonic: a computer that sets its clock back an hour must not make a source wait that hour. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleep(ms, signal) {
    try {
      await elapsed(ms, undefined, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
