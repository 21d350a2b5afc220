import { LibsqlError } from '@libsql/core/api';
import { describeBytes } from '@trainer/contract/disk-space';
import { toLibsqlError } from './to-libsql-error.ts';

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
