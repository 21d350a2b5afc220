import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { firstLoadBudget } from './build/first-load-budget.ts';

/** `vite --mode fake` shows the dashboard against the control plane that lives in the page: no server needed. */
const fakeEntry: Plugin = {
  name: 'fake-entry',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('/src/main.tsx', '/testing/fake/main.tsx'),
  },
};

export default defineConfig(({ mode }) => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: mode === 'fake' ? [fakeEntry] : [firstLoadBudget({ maxGzipBytes: 40 * 1024 })],
  // Inlined assets and the preload polyfill would ask for more than `default-src 'self'`.
  build: {
    target: 'es2022',
    // light-dark() is kept as it is written.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/healthz', '/readyz'].map((path) => [
        path,
        process.env.CONTROL_PLANE ?? 'http://127.0.0.1:8080',
      ]),
    ),
  },
}));
