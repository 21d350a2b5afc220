import { type ReadonlySignal, signal } from '@preact/signals';

/** Something that a person asked for: under way or not, and how it failed. */
export interface Attempt<Args extends unknown[], T> {
  busy: ReadonlySignal<boolean>;
  error: ReadonlySignal<unknown>;
  /** Undefined when it failed, or when the same was under way already: a double click asks once. */
  go(...args: Args): Promise<T | undefined>;
  forgive(): void;
}

export function createAttempt<Args extends unknown[], T>(
  act: (...args: Args) => Promise<T>,
): Attempt<Args, T> {
  const busy = signal(false);
  const error = signal<unknown>(null);
  return {
    busy,
    error,
    async go(...args) {
      if (busy.peek()) return undefined;
      busy.value = true;
      error.value = null;
      try {
        return await act(...args);
      } catch (failure) {
        error.value = failure;
        return undefined;
      } finally {
        busy.value = false;
      }
    },
    forgive() {
      error.value = null;
    },
  };
}
