import type { Scope } from '@trainer/contract/tokens';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { countFailure } from './count-failure.ts';
import { flawOf } from './gate.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { findToken, insertLoginCode, insertSession, type SessionRow, useLoginCode } from './store.ts';

const SESSION_MS = 30 * 24 * 60 * 60 * 1_000;

type Credential = { code: string } | { token: string };
type Need = Pick<Deps, 'db' | 'clock'>;
type Identity = { name: string; scope: Scope; tokenId: number | null; expiresAt: number | null };

/**
 * Opens a session for the bearer of a one-time code or of a token.
 *
 * A right one is taken however many attempts from the same address have failed: behind a proxy or a NAT all callers may share one,
 * and nobody guesses 32 random bytes.
 *
 * @throws {ProblemError} `unauthenticated`; `too_many_requests` for the eleventh failure within a minute.
 */
export async function openSession(
  deps: Need,
  credential: Credential,
  client: string,
): Promise<{ secret: string; session: SessionRow }> {
  const identity =
    'code' in credential ? await byCode(deps, credential.code) : await byToken(deps, credential.token);
  if (typeof identity === 'string') {
    await countFailure(deps, client);
    throw new ProblemError('unauthenticated', identity);
  }
  const secret = newSecret();
  const now = deps.clock.now();
  const session = {
    hash: await hashSecret(secret),
    name: identity.name,
    scope: identity.scope,
    tokenId: identity.tokenId,
    createdAt: now,
    expiresAt: Math.min(now + SESSION_MS, identity.expiresAt ?? Number.POSITIVE_INFINITY),
  };
  await insertSession(deps.db, session);
  return { secret, session };
}

async function byCode({ db, clock }: Need, code: string): Promise<Identity | string> {
  const isUsable = await useLoginCode(db, await hashSecret(code), clock.now());
  if (isUsable) return { name: 'owner', scope: 'admin', tokenId: null, expiresAt: null };
  return 'The link was used already, or it is too old. Make a new one with "npm run login-link -w control-plane", or log in with a token.';
}

async function byToken({ db, clock }: Need, token: string): Promise<Identity | string> {
  const row = await findToken(db, await hashSecret(token));
  if (!row) return 'The token is not known here. Check that it was copied whole.';
  const { name, scope, id, expiresAt } = row;
  return flawOf(row, clock.now()) ?? { name, scope, tokenId: id, expiresAt };
}

/** An owner may read the first start's output a day later. */
const LINK_MS = 24 * 60 * 60 * 1_000;

/**
 * A link that logs its first visitor in as owner. The code stands in the fragment, which browsers keep to
 * themselves, so it reaches no log on the way.
 *
 * @param base the dashboard's address: `http://127.0.0.1:8080`
 */
export async function createLoginLink(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  base: string,
): Promise<string> {
  const code = newSecret();
  await insertLoginCode(db, await hashSecret(code), clock.now(), clock.now() + LINK_MS);
  return `${new URL('/login', base)}#code=${code}`;
}
