import { LibsqlError } from '@libsql/core/api';
import type { SqlValue } from '../sqlite/handle.ts';
import type { HranaValue } from './schemas.ts';

/** Characters that `String.fromCharCode` takes at once. */
const CHUNK = 0x8000;

export function toSqlValue(value: HranaValue): SqlValue {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(value.value);
    case 'blob':
      return fromBase64(value.base64);
    default:
      return value.value;
  }
}

/** @throws {LibsqlError} for Infinity, which SQLite can hold and JSON cannot carry */
export function fromSqlValue(value: unknown): HranaValue {
  if (value === null) return { type: 'null' };
  if (typeof value === 'bigint') return { type: 'integer', value: value.toString() };
  if (typeof value === 'string') return { type: 'text', value };
  if (value instanceof Uint8Array) return { type: 'blob', base64: toBase64(value) };
  if (typeof value === 'number' && Number.isFinite(value)) return { type: 'float', value };
  throw new LibsqlError(
    `A row holds ${value}, which cannot be sent over HTTP: select it with CAST(… AS TEXT)`,
    'VALUE_NOT_FINITE',
  );
}

function fromBase64(text: string): Uint8Array {
  let binary: string;
  try {
    // Takes it with and without padding.
    binary = atob(text);
  } catch {
    throw new LibsqlError('A blob among the arguments is not base64', 'ARGS_INVALID');
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Without padding, as sqld sends it. */
function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary).replace(/=+$/, '');
}
