import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { FAILED_MS } from '../derive/poll-pace.ts';

/** Something that is kept fresh: the last answer stays while a later question fails. */
export interface Remote<T> {
  data: ReadonlySignal<T | undefined>;
  /** Why the newest question failed; null after an answer. */
  error: ReadonlySignal<unknown>;
  /** Asks now, and again later as if this had been the beginning. */
  reload(): Promise<void>;
}

interface RemoteOptions<T> {
  browser: Browser;
  load: () => Promise<T>;
  /** How long after an answer to ask again. */
  everyMs: (data: T) => number;
}

/**
 * Polls `load` while the tab is visible, at once when it becomes so. Belongs inside a model, which ends it. An answer
 * that was overtaken by a newer question is dropped.
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
  // Its own effect, because the one above also ends when the tab is hidden.
  effect(() => () => {
    ended = true;
  });
  return { data, error, reload };
}
