import { describe, expect, it } from 'vitest';
import { createFakeBrowser } from '../../testing/fake/fake-browser.ts';
import { ThemeModel } from './browser-state.ts';

describe('the theme', () => {
  it('follows the system until somebody chooses, and is remembered then', () => {
    const browser = createFakeBrowser();
    const model = new ThemeModel(browser);
    model.choose('dark');
    expect(browser.themes).toEqual([null, 'dark']);
    expect(new ThemeModel(browser).theme.value).toBe('dark');
    model.choose('system');
    expect(browser.readStored('theme')).toBeNull();
  });
});
