import type { Scope } from '@trainer/contract/tokens';

/** 32 random bytes: nobody guesses one, so a fast hash is enough to store it. */
const SECRET_BYTES = 32;

/** A new token, which says its scope: `sst_runner_…`. */
export function newToken(scope: Scope): string {
  return `sst_${scope}_${newSecret()}`;
}

/** A new secret of letters and digits, for sessions and one-time links. */
export function newSecret(): string {
  return crypto
    .getRandomValues(new Uint8Array(SECRET_BYTES))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}

/** SHA-256 in hexadecimal, as secrets are stored. */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** So much of a token is shown in lists: its scope and four digits. A token of another make shows nothing. */
export function hintOf(token: string): string {
  return /^sst_[a-z]+_[0-9a-f]{4}/.exec(token)?.[0] ?? '…';
}
