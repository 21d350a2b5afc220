import { createModel, effect, signal } from '@preact/signals';
import type { Browser } from '../api/browser.ts';

export type Theme = 'system' | 'light' | 'dark';

/** Light, dark, or as the system says; remembered. `public/theme.js` applies it before the first paint. */
export const ThemeModel = createModel((browser: Browser) => {
  const remembered = browser.recall('theme');
  const theme = signal<Theme>(remembered === 'light' || remembered === 'dark' ? remembered : 'system');
  effect(() => {
    const chosen = theme.value === 'system' ? null : theme.value;
    browser.paint(chosen);
    browser.remember('theme', chosen);
  });
  return {
    theme,
    choose(next: Theme) {
      theme.value = next;
    },
  };
});
export type ThemeModel = InstanceType<typeof ThemeModel>;
