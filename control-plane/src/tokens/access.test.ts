import { type RouteKey, routeOf, routes } from '@trainer/contract/routes';
import { allows, type Scope } from '@trainer/contract/tokens';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { createToken } from './create-token.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const keys = Object.keys(routes).filter((key): key is RouteKey => Object.hasOwn(routes, key));
const scopes: Scope[] = ['read', 'trigger', 'runner', 'admin'];

/** Asks with an address that nothing stands behind: what lets it through answers 400, 404 or the like. */
function ask(key: RouteKey, authorization?: string): Promise<Response> {
  const [method, path = ''] = key.split(' ');
  return app.request(path.replace(/\{\w+\}/g, 'nothing'), {
    method,
    headers: authorization ? { authorization } : {},
  });
}

describe.each(keys)('%s', (key) => {
  const { scope } = routeOf(key);

  it(scope === 'public' ? 'is open to everybody' : 'refuses who brings no token', async () => {
    const { status } = await ask(key);
    if (scope === 'public') expect(status).not.toBe(401);
    else expect(status).toBe(401);
  });

  it.each(scopes)('knows whether the scope %s opens it', async (held) => {
    const response = await ask(key, `Bearer ${app.tokens[held]}`);
    const isOpen = scope === 'public' || allows(held, scope);
    if (isOpen) expect([401, 403]).not.toContain(response.status);
    else expect(response.status).toBe(403);
    await response.body?.cancel();
  });
});

describe('a token', () => {
  const use = (token: string) => app.request('/api/runs', { headers: { authorization: `Bearer ${token}` } });

  it('opens nothing once it has expired, and says when that was', async () => {
    const expiresAt = app.clock.now() + 60_000;
    const { token } = await createToken(app.deps, { name: 'brief', scope: 'read', expiresAt });
    expect((await use(token)).status).toBe(200);
    app.clock.advance(60_000);
    const response = await use(token);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect((await problemOf(response)).detail).toBe(
      `The token "brief" expired at ${new Date(expiresAt).toISOString()}. Ask for a new one.`,
    );
  });

  it('is made, shown once, used and revoked', async () => {
    const admin = app.as('admin');
    const made = await admin('POST /api/tokens', { body: { name: 'phone', scope: 'trigger' } });
    expect(made.token).toMatch(/^sst_trigger_[0-9a-f]{64}$/);
    expect((await use(made.token)).status).toBe(200);
    const listed = (await admin('GET /api/tokens')).find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ name: 'phone', hint: made.token.slice(0, 16) });
    expect(listed?.last_used_at).toBe(new Date(app.clock.now()).toISOString());
    expect(JSON.stringify(listed)).not.toContain(made.token);
    await admin('DELETE /api/tokens/{id}', { params: { id: made.id } });
    const refused = await use(made.token);
    expect(refused.status).toBe(401);
    expect((await problemOf(refused)).detail).toContain('"phone" was revoked');
  });

  it('remembers its last use to the minute, so that reading costs no writes', async () => {
    const { token, row } = await createToken(app.deps, { name: 'busy', scope: 'read', expiresAt: null });
    const lastUse = async () =>
      (await app.as('admin')('GET /api/tokens')).find(({ id }) => id === row.id)?.last_used_at;
    await use(token);
    const first = await lastUse();
    app.clock.advance(59_000);
    await use(token);
    expect(await lastUse()).toBe(first);
    app.clock.advance(2_000);
    await use(token);
    expect(await lastUse()).toBe(new Date(app.clock.now()).toISOString());
  });

  it('is stored as a hash only', async () => {
    const { rows } = await app.deps.db.$client.execute('SELECT * FROM tokens');
    for (const token of Object.values(app.tokens))
      expect(JSON.stringify(rows)).not.toContain(token.slice(-20));
  });

  it('cannot be made for the past, and the field is named', async () => {
    const body = { name: 'late', scope: 'read' as const, expires_at: '2020-01-01T00:00:00Z' };
    await expect(app.as('admin')('POST /api/tokens', { body })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'expires_at', message: 'lies in the past' }],
    });
  });
});
