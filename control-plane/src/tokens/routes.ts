import type { TokenView } from '@trainer/contract/tokens';
import type { AppContext } from '../context/app-context.ts';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { isHttps } from '../http/own-origin.ts';
import { ProblemError } from '../http/problem-error.ts';
import { createToken } from './create-token.ts';
import { readSession, sessionCookie } from './gate.ts';
import { openSession } from './open-session.ts';
import { hashSecret } from './secrets.ts';
import { deleteSession, listTokens, revokeToken, type TokenRow } from './store.ts';

export function mountTokens(appContext: AppContext): void {
  mountSession(appContext);
  const { db, clock } = appContext.deps;

  mount(appContext, 'GET /api/tokens', async () => (await listTokens(db)).map(toView));

  mount(appContext, 'POST /api/tokens', async ({ body }) => {
    const expiresAt = body.expires_at === null ? null : Date.parse(body.expires_at);
    if (expiresAt !== null && expiresAt <= clock.now()) {
      const errors = [{ field: 'expires_at', message: 'lies in the past' }];
      throw new ProblemError('invalid_request', 'expires_at: lies in the past.', { errors });
    }
    const { token, row } = await createToken(appContext.deps, {
      name: body.name,
      scope: body.scope,
      expiresAt,
    });
    return { ...toView(row), token };
  });

  mount(appContext, 'DELETE /api/tokens/{id}', async ({ params }) => {
    if (!(await revokeToken(db, params.id, clock.now())))
      throw new ProblemError('not_found', `There is no token ${params.id}.`);
  });
}

function mountSession(appContext: AppContext): void {
  const { deps } = appContext;

  mount(appContext, 'POST /api/session', async ({ body, client, request }) => {
    const { secret, session } = await openSession(deps, body, client);
    const maxAgeSeconds = Math.floor((session.expiresAt - deps.clock.now()) / 1_000);
    const cookie = sessionCookie(secret, maxAgeSeconds, isHttps(request, deps.publicUrl));
    const view = { name: session.name, scope: session.scope, expires_at: isoTime(session.expiresAt) };
    return Response.json(view, { headers: { 'set-cookie': cookie, 'cache-control': 'no-store' } });
  });

  mount(appContext, 'GET /api/session', async ({ caller }) => {
    if (caller.scope === null) throw new Error('The gate let nobody through to GET /api/session');
    return { name: caller.name, scope: caller.scope, expires_at: isoTimeOrNull(caller.expiresAt) };
  });

  mount(appContext, 'DELETE /api/session', async ({ request }) => {
    const secret = readSession(request);
    if (secret !== null) await deleteSession(deps.db, await hashSecret(secret));
    const cookie = sessionCookie('', 0, isHttps(request, deps.publicUrl));
    return new Response(null, { status: 204, headers: { 'set-cookie': cookie } });
  });
}

function toView(row: TokenRow): TokenView {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    hint: row.hint,
    created_at: isoTime(row.createdAt),
    expires_at: isoTimeOrNull(row.expiresAt),
    last_used_at: isoTimeOrNull(row.lastUsedAt),
    revoked_at: isoTimeOrNull(row.revokedAt),
  };
}
