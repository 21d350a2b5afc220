import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode';
import type { Vault } from '../context/deps.ts';

/** What was sealed with another key, or is damaged. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Tells this form of sealing from a later one. */
const PREFIX = 'v1.';
/** What AES-GCM is made for, bytes. */
const IV_BYTES = 12;

/**
 * Seals what the database must not hold in clear, with AES-256-GCM. The key is derived from `secretKey`, which is any
 * text that cannot be guessed, and lives where the database does not.
 */
export function createVault(secretKey: string): Vault {
  return {
    async seal(text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv },
        await deriveKey(secretKey),
        new TextEncoder().encode(text),
      );
      return `${PREFIX}${encodeBase64Url(iv.buffer)}.${encodeBase64Url(sealed)}`;
    },
    async open(sealed) {
      const [iv, data] = sealed.startsWith(PREFIX) ? sealed.slice(PREFIX.length).split('.') : [];
      try {
        const opened = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: decodeBase64Url(iv ?? '') },
          await deriveKey(secretKey),
          decodeBase64Url(data ?? ''),
        );
        return new TextDecoder().decode(opened);
      } catch (error) {
        throw new SealBroken('It was sealed with another SECRET_KEY, or is damaged', { cause: error });
      }
    },
  };
}

/** Each time anew: it costs microseconds, and in a Worker no request may wait for another one's promise. */
async function deriveKey(secretKey: string) {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(secretKey), 'HKDF', false, [
    'deriveKey',
  ]);
  const info = new TextEncoder().encode('stash-sense-trainer: secrets in the database');
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
