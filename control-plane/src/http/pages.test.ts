import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../testing/create-test-app.ts';
import { problemOf } from '../testing/problem-of.ts';

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

  it('does not answer for a file that is not there, nor for the API', async () => {
    expect(await problemOf(await app.request('/assets/old-9f.js'))).toMatchObject({ status: 404 });
    expect(await problemOf(await app.request('/api/nothing'))).toMatchObject({ status: 404 });
  });
});
