import { LibsqlError } from '@libsql/core/api';
import { firstFault } from '@trainer/async/with-clean-up';
import { describeBytes } from '@trainer/contract/disk-space';

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

/** A database file, and what can be told about where it lies. */
export interface FilePlace {
  path: string;
  facts: () => FileFacts;
}

export interface FileFacts {
  /** Bytes that this process may still write on the file's disk; null when that cannot be told. */
  freeBytes: number | null;
  /** The user that this process runs as; null where there are none. */
  uid: number | null;
}

/** What the owner of a machine can do about a fault, by SQLite's primary code. */
const ADVICE: Record<string, (path: string, free: string, user: string) => string> = {
  SQLITE_FULL: (path, free) =>
    `${path} cannot grow${free}. Make room on that disk, or raise the quota of whoever owns the file; what was saved is kept`,
  SQLITE_IOERR: (path, free) =>
    `${path} cannot be read or written${free}. Check the disk and the system's log of it`,
  SQLITE_CORRUPT: (path) =>
    `${path} is damaged. Stop the programs that use it, check the disk, and restore a backup of the file`,
  SQLITE_NOTADB: (path) => `${path} is not a SQLite database. Move it away, or restore a backup of the file`,
  SQLITE_CANTOPEN: (path, _free, user) =>
    `${path} cannot be opened${user}. Its folder must exist, and folder and file must belong to that user`,
  SQLITE_READONLY: (path, _free, user) =>
    `${path} cannot be written${user}. Check who owns it, the permissions of its folder, and whether its disk is mounted read-only`,
};

/**
 * Gives a fault that somebody has to see to the file's path, the free space or the user, and what to do. Others stay as they are.
 */
export function explainFault(error: unknown, place: FilePlace | undefined): LibsqlError {
  const known = toLibsqlError(error);
  const advise = ADVICE[known.code];
  if (!advise || !place || known.message.includes(place.path)) return known;
  const { freeBytes, uid } = place.facts();
  const free = freeBytes === null ? '' : ` (${describeBytes(freeBytes)} are free there)`;
  const user = uid === null ? '' : ` by the user with the id ${uid}`;
  const message = `${withoutCode(known)}: ${advise(place.path, free, user)}`;
  return new LibsqlError(message, known.code, known.extendedCode, known.rawCode, causeOf(known));
}

/** The error of the SQLite handle; its message stands in the explained one already. */
function causeOf(known: LibsqlError): Error {
  return known.cause instanceof Error ? known.cause : known;
}

/** What an error says behind its code, which its message begins with. */
export function withoutCode({ code, message }: LibsqlError): string {
  const prefix = `${code}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** `@libsql/client` puts the code of a failed batch over HTTP in front of a message that begins with it already. */
const REPEATED = /^([A-Z][A-Z_]+: )\1+/;

/** The message of a database error with its code once: `SQLITE_FULL: database or disk is full`. */
export function onceCoded(message: string): string {
  return message.replace(REPEATED, '$1');
}

/** SQLite's, and the system's for a full disk and a used-up quota. */
const FULL_DISK_CODES: readonly unknown[] = ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'];

/** What a full disk says, wherever in the chain of causes it stands; null when the disk is not what is the matter. */
export function fullDisk(thrown: unknown): string | null {
  const error = firstFault(thrown);
  if (!(error instanceof Error)) return null;
  if ('code' in error && FULL_DISK_CODES.includes(error.code)) return onceCoded(error.message);
  return fullDisk(error.cause);
}
