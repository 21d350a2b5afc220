import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Browser } from '../api/browser.ts';
import { type Action, createAction } from './action.ts';

/** Poll interval while a run is active, ms. */
export const ACTIVE_MS = 1_000;
/** Poll interval without an active run, ms. */
export const IDLE_MS = 5_000;
/** Retry interval after a failure, ms; long enough not to overload a failing server. */
export const FAILED_MS = 3_000;
/** Poll interval of lists that rarely change (versions, tokens, revisions), ms. */
export const QUIET_MS = 15_000;

/** Polled data: the last answer stays while later requests fail. */
interface Remote<T> {
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
  let latestRequest = 0;
  let ended = false;
  let cancelNext = () => {};

  async function reload(): Promise<void> {
    if (ended) return;
    latestRequest += 1;
    const request = latestRequest;
    cancelNext();
    const next = await load().then(
      (answer) => request === latestRequest && settle(() => accept(answer), everyMs(answer)),
      (failure) => request === latestRequest && settle(() => refuse(failure), FAILED_MS),
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
      latestRequest += 1;
      cancelNext();
    };
  });
  // A separate effect, because the cleanup above also runs when the tab becomes hidden.
  effect(() => () => {
    ended = true;
  });
  return { data, error, reload };
}

/** A list that the control plane keeps, with the attempts that change it. */
interface RemoteList<T> extends Remote<T> {
  /** An attempt after which the list is read anew. Its result is what the request answers, or `true` for no content. */
  action<Args extends unknown[], Answer>(
    request: (...args: Args) => Promise<Answer>,
  ): Action<Args, NonNullable<Answer> | true>;
}

/** Polls a list like `createRemote`. */
export function createRemoteList<T>(options: RemoteOptions<T>): RemoteList<T> {
  const remote = createRemote(options);
  return {
    ...remote,
    action: (request) =>
      createAction(async (...args) => {
        const answer = await request(...args);
        await remote.reload();
        return answer ?? true;
      }),
  };
}
