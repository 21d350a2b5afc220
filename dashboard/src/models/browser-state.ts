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

export type Theme = 'system' | 'light' | 'dark';

/** Light, dark, or as the system says; remembered. `public/theme.js` applies it before the first paint. */
export const ThemeModel = createModel((browser: Browser) => {
  const remembered = browser.readStored('theme');
  const theme = signal<Theme>(remembered === 'light' || remembered === 'dark' ? remembered : 'system');
  effect(() => {
    const chosen = theme.value === 'system' ? null : theme.value;
    browser.setTheme(chosen);
    browser.store('theme', chosen);
  });
  return {
    theme,
    choose(next: Theme) {
      theme.value = next;
    },
  };
});
export type ThemeModel = InstanceType<typeof ThemeModel>;
