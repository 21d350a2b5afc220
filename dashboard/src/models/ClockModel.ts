import { createModel, effect, signal } from '@preact/signals';
import type { Browser } from '../api/browser.ts';

/** The current time, updated every second while the tab is visible; for relative times and durations. */
export const ClockModel = createModel((browser: Browser) => {
  const now = signal(browser.now());
  effect(() => {
    if (!browser.visible.value) return;
    let cancel = () => {};
    const tick = () => {
      now.value = browser.now();
      cancel = browser.after(1_000, tick);
    };
    tick();
    return () => cancel();
  });
  return { now };
});
export type ClockModel = InstanceType<typeof ClockModel>;
