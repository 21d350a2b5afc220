import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { createToken } from './create-token.ts';
import { createLoginLink } from './open-session.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const logIn = (credential: object, headers: Record<string, string> = { origin: app.origin }) =>
  app.request('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(credential),
  });

const codeOf = (link: string) => link.split('#code=')[1] ?? '';

async function cookieOf(response: Response): Promise<string> {
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** A write in a browser that is logged in. */
async function stop(headers: Record<string, string>): Promise<Response> {
  const cookie = await cookieOf(await logIn({ token: app.tokens.admin }));
  return app.request('/api/build/stop', { method: 'POST', headers: { cookie, ...headers } });
}

describe('a one-time link', () => {
  it('carries its code in the fragment, where no log sees it', async () => {
    expect(await createLoginLink(app.deps, 'http://127.0.0.1:8080')).toMatch(
      /^http:\/\/127\.0\.0\.1:8080\/login#code=[0-9a-f]{64}$/,
    );
  });

  it('logs in once, as owner, with a cookie that scripts and other sites cannot use', async () => {
    const code = codeOf(await createLoginLink(app.deps, app.origin));
    const response = await logIn({ code });
    expect(await response.json()).toMatchObject({ name: 'owner', scope: 'admin' });
    expect(response.headers.get('set-cookie')).toMatch(
      /^sst_session=[0-9a-f]{64}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );
    const again = await logIn({ code });
    expect(again.status).toBe(401);
    expect((await problemOf(again)).detail).toContain('npm run login-link');
  });

  it('lets one of many through that use it at once', async () => {
    const code = codeOf(await createLoginLink(app.deps, app.origin));
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await logIn({ code })).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it('is too old after a day', async () => {
    const code = codeOf(await createLoginLink(app.deps, app.origin));
    app.clock.advance(24 * 60 * 60 * 1_000);
    expect((await logIn({ code })).status).toBe(401);
  });
});

describe('a session', () => {
  it('has the scope of the token that it was opened with, and ends with it', async () => {
    const { token, row } = await createToken(app.deps, { name: 'guest', scope: 'read', expiresAt: null });
    const cookie = await cookieOf(await logIn({ token }));
    const get = () => app.request('/api/session', { headers: { cookie } });
    expect(await (await get()).json()).toMatchObject({ name: 'guest', scope: 'read' });
    expect((await app.request('/api/tokens', { headers: { cookie } })).status).toBe(403);
    await app.as('admin')('DELETE /api/tokens/{id}', { params: { id: row.id } });
    expect((await get()).status).toBe(401);
  });

  it('ends after 30 days, and when its owner leaves', async () => {
    const cookie = await cookieOf(await logIn({ token: app.tokens.admin }));
    const get = () => app.request('/api/runs', { headers: { cookie } });
    const other = await cookieOf(await logIn({ token: app.tokens.admin }));
    expect((await get()).status).toBe(200);
    const left = await app.request('/api/session', {
      method: 'DELETE',
      headers: { cookie, origin: app.origin },
    });
    expect(left.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await get()).status).toBe(401);
    app.clock.advance(30 * 24 * 60 * 60 * 1_000);
    expect((await app.request('/api/runs', { headers: { cookie: other } })).status).toBe(401);
  });

  it('is secure where the browser comes over https', async () => {
    const secure = await createTestApp({ publicUrl: new URL('https://trainer.example') });
    const response = await secure.request('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://trainer.example' },
      body: JSON.stringify({ token: secure.tokens.admin }),
    });
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/);
    await secure.close();
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a page without origin', { origin: 'null' }],
    ['a form elsewhere, without Origin', { 'sec-fetch-site': 'cross-site' }],
  ])('is not used for writes by %s: %j', async (_, headers) => {
    const response = await stop(headers);
    expect(response.status).toBe(403);
    expect((await problemOf(response)).code).toBe('foreign_origin');
  });

  it('is not used for writes by another port of this machine', async () => {
    const { protocol, hostname } = new URL(app.origin);
    expect((await problemOf(await stop({ origin: `${protocol}//${hostname}:3` }))).code).toBe(
      'foreign_origin',
    );
  });

  it('is used for writes by this dashboard', async () => {
    expect((await problemOf(await stop({ origin: app.origin }))).code).toBe('nothing_running');
  });

  it('cannot be forced upon a browser by another site', async () => {
    const response = await logIn({ token: app.tokens.admin }, { origin: 'https://evil.example' });
    expect(response.status).toBe(403);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('does not need an own origin where a token is sent', async () => {
    const response = await app.request('/api/build/stop', {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.admin}`, origin: 'https://ci.example' },
    });
    expect(response.status).toBe(400);
  });
});

describe('failed attempts', () => {
  it('are stopped after ten a minute, never the right one among them, and forgotten after the minute', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await logIn({ code: `guess ${attempt}` })).status).toBe(401);
    }
    const refused = await logIn({ token: 'a guess' });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await problemOf(refused)).detail).toContain('Try again in 60 s');
    expect((await logIn({ token: app.tokens.admin })).status).toBe(200);
    const code = new URL(await createLoginLink(app.deps, app.origin)).hash.replace('#code=', '');
    expect((await logIn({ code })).status).toBe(200);
    app.clock.advance(60_001);
    expect((await logIn({ token: 'a guess' })).status).toBe(401);
  });

  it('with tokens are counted too, and shut nobody out who has a valid one', async () => {
    const guess = () => app.request('/api/runs', { headers: { authorization: 'Bearer sst_admin_guess' } });
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await guess()).status).toBe(401);
    expect((await guess()).status).toBe(429);
    await expect(app.as('read')('GET /api/runs', { query: {} })).resolves.toEqual([]);
  });

  it('take no room once their minute is over', async () => {
    await logIn({ code: 'guess' });
    app.clock.advance(60_001);
    await logIn({ code: 'guess' });
    const { rows } = await app.deps.db.$client.execute('SELECT failures FROM failed_attempts');
    expect(rows.map(({ failures }) => failures)).toEqual([1]);
  });
});
