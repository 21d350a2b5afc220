import type { Route } from '@trainer/contract/routes';
import { allows, scopes } from '@trainer/contract/tokens';
import type { Caller, Gate } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { refuseForeignOrigin } from '../http/own-origin.ts';
import { ProblemError } from '../http/problem-error.ts';
import { countFailure } from './count-failure.ts';
import { hashSecret } from './secrets.ts';
import { findSession, findToken, type TokenRow, touchToken } from './store.ts';

/** A token's last use is written this often at most, ms. */
const TOUCH_EVERY_MS = 60_000;

const nobody: Caller = {
  kind: 'nobody',
  name: 'nobody',
  scope: null,
  expiresAt: null,
  tokenId: null,
  sessionHash: null,
};

/**
 * Asks every request for a token or a session, and whether it opens the route. A valid token is let through
 * however often others failed from the same address: nobody guesses 32 random bytes, and one misconfigured
 * runner must not lock out its neighbours.
 */
export function createGate(deps: Deps): Gate {
  return async function gate(route, context) {
    const request = context.req.raw;
    const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (bearer === undefined) refuseForeignOrigin(request, deps.publicUrl);
    if (route.scope === 'public') return nobody;
    const caller =
      bearer === undefined
        ? await sessionCaller(deps, request)
        : await tokenCaller(deps, bearer, context.env?.client ?? 'unknown');
    refuseScope(route, caller);
    return caller;
  };
}

async function tokenCaller(deps: Deps, token: string, client: string): Promise<Caller> {
  const row = await findToken(deps.db, await hashSecret(token));
  const now = deps.clock.now();
  const flaw = row ? flawOf(row, now) : 'The token is not known here. Check that it was copied whole.';
  if (!row || flaw) {
    await countFailure(deps, client);
    throw unauthenticated(flaw ?? '');
  }
  if ((row.lastUsedAt ?? 0) < now - TOUCH_EVERY_MS)
    await touchToken(deps.db, row.id, now, now - TOUCH_EVERY_MS);
  const { id: tokenId, name, scope, expiresAt } = row;
  return { kind: 'token', name, scope, expiresAt, tokenId, sessionHash: null };
}

/** Why a known token opens nothing, or null. */
export function flawOf(row: TokenRow, now: number): string | null {
  if (row.revokedAt !== null) return `The token "${row.name}" was revoked. Ask for a new one.`;
  if (row.expiresAt !== null && row.expiresAt <= now)
    return `The token "${row.name}" expired at ${new Date(row.expiresAt).toISOString()}. Ask for a new one.`;
  return null;
}

async function sessionCaller(deps: Deps, request: Request): Promise<Caller> {
  const secret = readSession(request);
  if (secret === null) {
    throw unauthenticated('Send a token as "Authorization: Bearer …", or log in to the dashboard.');
  }
  const session = await findSession(deps.db, await hashSecret(secret), deps.clock.now());
  if (!session) throw unauthenticated('The session has ended. Log in again.');
  const { name, scope, expiresAt, tokenId, hash: sessionHash } = session;
  return { kind: 'session', name, scope, expiresAt, tokenId, sessionHash };
}

function unauthenticated(detail: string): ProblemError {
  return new ProblemError('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });
}

function refuseScope(route: Route, { name, scope }: Caller): void {
  if (route.scope === 'public' || scope === null || allows(scope, route.scope)) return;
  throw new ProblemError(
    'forbidden',
    `This needs the scope "${route.scope}", and "${name}" has "${scope}", which ${scopes[scope].gloss}.`,
  );
}

const COOKIE = 'sst_session';

/** The session's secret from the request's cookies, or null. */
export function readSession(request: Request): string | null {
  const cookies = request.headers.get('cookie') ?? '';
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]+)`).exec(cookies)?.[1] ?? null;
}

/** The `Set-Cookie` value that keeps `secret` for `maxAgeSeconds`; 0 removes it. */
export function sessionCookie(secret: string, maxAgeSeconds: number, isSecure: boolean): string {
  const flags = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return `${COOKIE}=${secret}; ${flags}`;
}
