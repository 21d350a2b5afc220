import { LibsqlError } from '@libsql/core/api';

/** SQLite's primary result codes that callers act upon (sqlite.org/rescode.html). */
const CODES = new Map([
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [18, 'SQLITE_TOOBIG'],
  [19, 'SQLITE_CONSTRAINT'],
  [20, 'SQLITE_MISMATCH'],
  [23, 'SQLITE_AUTH'],
  [25, 'SQLITE_RANGE'],
  [26, 'SQLITE_NOTADB'],
]);

/** Gives an error of the SQLite handle the shape that libSQL clients throw: the primary code by name, the extended one as a number. */
export function toLibsqlError(error: unknown): LibsqlError {
  if (error instanceof LibsqlError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const extended = 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode : 1;
  // The primary code is the low byte of the extended one.
  const code = CODES.get(extended & 0xff) ?? 'SQLITE_ERROR';
  return new LibsqlError(cause.message, code, undefined, extended, cause);
}
