import type { Clock } from '../src/context/deps.ts';

/** A clock that moves when told to, and wakes whoever slept until then. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00.000Z');
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  /** How often it was moved. */
  moves = 0;

  /** How many sleep now. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Called when the clock has moved, for who must be told. */
  onAdvance: () => void = () => {};

  advance(ms: number): void {
    this.#now += ms;
    this.moves += 1;
    this.onAdvance();
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#now) sleeper.wake();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { until: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
      if (ms <= 0 || signal?.aborted) wake();
    });
  }
}
