import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { FAILED_MS } from '../derive/poll-pace.ts';

/** Polled data: the last answer stays while later requests fail. */
export interface Remote<T> {
  data: ReadonlySignal<T | undefined>;
  /** The error of the newest request; null after it succeeded. */
  error: ReadonlySignal<unknown>;
  /** Fetches now and restarts the polling interval. */
  reload(): Promise<void>;
}

interface RemoteOptions<T> {
  browser: Browser;
  load: () => Promise<T>;
  /** The delay between an answer and the next request, ms. */
  everyMs: (data: T) => number;
}

/**
 * Polls `load` while the tab is visible, and at once when it becomes visible. Call it inside a model: disposing the
 * model ends the polling. The answer of a superseded request is dropped.
 */
export function createRemote<T>({ browser, load, everyMs }: RemoteOptions<T>): Remote<T> {
  const data = signal<T | undefined>(undefined);
  const error = signal<unknown>(null);
  let turn = 0;
  let ended = false;
  let cancelNext = () => {};

  async function reload(): Promise<void> {
    if (ended) return;
    turn += 1;
    const mine = turn;
    cancelNext();
    const next = await load().then(
      (answer) => mine === turn && settle(() => accept(answer), everyMs(answer)),
      (failure) => mine === turn && settle(() => refuse(failure), FAILED_MS),
    );
    if (next && browser.visible.peek()) cancelNext = browser.after(next, () => void reload());
  }
  function accept(answer: T): void {
    data.value = answer;
    error.value = null;
  }
  function refuse(failure: unknown): void {
    error.value = failure;
  }
  function settle(change: () => void, nextMs: number): number {
    batch(change);
    return nextMs;
  }

  effect(() => {
    if (!browser.visible.value) return;
    untracked(() => void reload());
    return () => {
      turn += 1;
      cancelNext();
    };
  });
  // A separate effect, because the cleanup above also runs when the tab becomes hidden.
  effect(() => () => {
    ended = true;
  });
  return { data, error, reload };
}
