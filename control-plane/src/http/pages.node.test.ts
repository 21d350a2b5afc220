import { expect, it, onTestFinished } from 'vitest';
import { createNodeApp } from '../../testing/create-node-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

// Cloudflare compresses by itself, and a Worker is never deployed without the dashboard.

async function fresh(...over: Parameters<typeof createNodeApp>) {
  const app = await createNodeApp(...over);
  onTestFinished(app.close);
  return app;
}

it('sends the files of the dashboard small', async () => {
  const app = await fresh();
  const response = await app.request('/assets/main-1a2b.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect((await response.arrayBuffer()).byteLength).toBeLessThan(500);
});

it('says how to build the dashboard when it is not built', async () => {
  const app = await fresh({ assets: { areCompressed: false, read: async () => null } });
  expect((await problemOf(await app.request('/'))).detail).toContain('npm run build -w dashboard');
});
