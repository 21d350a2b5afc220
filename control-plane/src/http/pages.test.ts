import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { pagePaths } from './pages.ts';

// The files are those of testing/pages.

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

describe('the dashboard', () => {
  it.each(['/', '/runs', '/runs/12', '/login'])(
    'stands at %s, and nothing from elsewhere with it',
    async (path) => {
      const response = await app.request(path);
      expect(await response.text()).toContain('dashboard');
      const policy = response.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain('unsafe');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('has files that are kept for ever', async () => {
    const response = await app.request('/assets/main-1a2b.js');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(await response.text()).toContain('console.log(1);');
  });

  it.each([
    '/repos/x/y/releases/latest',
    '/anything',
    '/runs/12/tasks',
    '/runs/x',
    '/index',
    '/API/status',
    `/${'x'.repeat(5_000)}`,
    `/${'x/'.repeat(2_500)}`,
    '/%00',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%1b[2J',
  ])('does not stand where no page is: %.60s', async (path) => {
    const response = await app.request(path);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 404, code: 'not_found' });
    expect(problem.detail).toMatch(/^There is no GET \/\P{Cc}*\.$/u);
    expect(problem.detail.length).toBeLessThan(300);
  });

  it('stands at every page that its own routes name', () => {
    const file = new URL('../../../dashboard/src/app.tsx', import.meta.url);
    const routed = [...readFileSync(file, 'utf8').matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path);
    expect(routed.sort()).toEqual([...pagePaths].sort());
  });

  it('does not answer for a file that is not there, nor for the API', async () => {
    expect(await problemOf(await app.request('/assets/old-9f.js'))).toMatchObject({ status: 404 });
    expect(await problemOf(await app.request('/api/nothing'))).toMatchObject({ status: 404 });
  });
});
