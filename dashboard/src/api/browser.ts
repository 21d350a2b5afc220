import { type ReadonlySignal, signal } from '@preact/signals';

/** What the models need of the browser, as one argument, so that tests hold the clock and the tab. */
export interface Browser {
  /** ms since 1970. */
  now(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** False while the tab is hidden; polling stops then. */
  visible: ReadonlySignal<boolean>;
  /** Stores small values across page loads; does nothing where the browser forbids storage. */
  store(key: string, value: string | null): void;
  readStored(key: string): string | null;
  copy(text: string): Promise<void>;
  /** Sets the theme on the page; null follows the system. */
  setTheme(theme: string | null): void;
}

export function createBrowser(): Browser {
  const visible = signal(!document.hidden);
  document.addEventListener('visibilitychange', () => {
    visible.value = !document.hidden;
  });
  return {
    now: () => Date.now(),
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    visible,
    store: (key, value) => withStorage((storage) => store(storage, key, value)),
    readStored: (key) => withStorage((storage) => storage.getItem(key)) ?? null,
    copy: (text) => navigator.clipboard.writeText(text),
    setTheme: (theme) => {
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
    },
  };
}

function store(storage: Storage, key: string, value: string | null): void {
  if (value === null) storage.removeItem(key);
  else storage.setItem(key, value);
}

function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}

/**
 * Takes the one-time code out of `/login#code=…` and the address, at once, so that it stays neither in the address
 * bar nor in the history. Null when the address holds none.
 */
export function takeCode(
  { pathname, hash }: Pick<Location, 'pathname' | 'hash'>,
  history: Pick<History, 'replaceState'>,
): string | null {
  if (pathname !== '/login') return null;
  const code = new URLSearchParams(hash.slice(1)).get('code');
  if (code !== null) history.replaceState(null, '', '/login');
  return code;
}
