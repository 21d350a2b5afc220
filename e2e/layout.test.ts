import { resolve } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, hasChromium, openBrowser } from './open-browser.ts';

/** px: a laptop, where the sidebar still fits beside the page; a tablet; the smallest phone. */
const WIDTHS = [1280, 1240, 1024, 800, 320];
const PAGES = ['/', '/build', '/runs', '/runs/42', '/schedules', '/hooks', '/versions', '/config', '/tokens'];

describe.skipIf(!hasChromium)(`the dashboard’s pages (in ${CHROMIUM})`, () => {
  let server: ViteDevServer;
  beforeAll(async () => {
    server = await createServer({
      root: resolve(import.meta.dirname, '../dashboard'),
      mode: 'fake',
      server: { host: '127.0.0.1', port: 0 },
      logLevel: 'silent',
    });
    await server.listen();
  });
  afterAll(() => server?.close());

  it('show all of what they hold at any width, with nothing cut off', async () => {
    const [url = ''] = server.resolvedUrls?.local ?? [];
    await using browser = await openBrowser();
    const { page } = browser;
    const cut: string[] = [];
    for (const path of PAGES) {
      await page.goto(new URL(path, url).href);
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const hidden: number = await page.evaluate(`
          [document.documentElement, ...document.querySelectorAll('.table-frame')]
            .reduce((most, { scrollWidth, clientWidth }) => Math.max(most, scrollWidth - clientWidth), 0)`);
        if (hidden > 0) cut.push(`${path} at ${width} px lacks ${hidden} px`);
      }
    }
    expect(cut).toEqual([]);
  });
});
