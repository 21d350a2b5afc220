import { signal } from '@preact/signals';
import type { Browser } from '../../src/api/browser.ts';

export interface FakeBrowser extends Browser {
  /** Moves the clock on and calls back whatever became due, in order; then lets promises settle. */
  pass(ms: number): Promise<void>;
  show(visible: boolean): void;
  copied: string[];
  themes: (string | null)[];
}

/** A browser whose clock stands still until it is moved. */
export function createFakeBrowser(startMs = Date.parse('2026-11-22T12:00:00Z')): FakeBrowser {
  let now = startMs;
  let due: { at: number; callback: () => void }[] = [];
  const visible = signal(true);
  const memory = new Map<string, string>();
  const copied: string[] = [];
  const themes: (string | null)[] = [];
  return {
    now: () => now,
    after(delayMs, callback) {
      const entry = { at: now + delayMs, callback };
      due.push(entry);
      return () => {
        due = due.filter((each) => each !== entry);
      };
    },
    visible,
    store: (key, value) => void (value === null ? memory.delete(key) : memory.set(key, value)),
    readStored: (key) => memory.get(key) ?? null,
    copy: async (text) => void copied.push(text),
    setTheme: (theme) => void themes.push(theme),
    async pass(ms) {
      const until = now + ms;
      await settle();
      for (let next = soonest(due, until); next; next = soonest(due, until)) {
        now = next.at;
        due = due.filter((each) => each !== next);
        next.callback();
        await settle();
      }
      now = until;
    },
    show: (next) => {
      visible.value = next;
    },
    copied,
    themes,
  };
}

function soonest<T extends { at: number }>(due: readonly T[], until: number): T | undefined {
  return due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
}

/** Promises that the fake control plane answers with need a few turns of the event loop, never real time. */
async function settle(): Promise<void> {
  for (let step = 0; step < 5; step += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}
