import { type ReadonlySignal, signal } from '@preact/signals';

/** An action of the user: whether it is running, and its last error. */
export interface Action<Args extends unknown[], T> {
  busy: ReadonlySignal<boolean>;
  error: ReadonlySignal<unknown>;
  /** Undefined when it failed or was already running, so that a double click sends one request. */
  go(...args: Args): Promise<T | undefined>;
  clearError(): void;
}

export function createAction<Args extends unknown[], T>(act: (...args: Args) => Promise<T>): Action<Args, T> {
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
    clearError() {
      error.value = null;
    },
  };
}
