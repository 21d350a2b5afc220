import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FilePlace } from '@trainer/libsql/sqlite/explain-fault';

/** Where a database file lies, with what this machine can tell about the place. */
export function filePlace(path: string): FilePlace {
  return {
    path,
    facts: () => ({ freeBytes: freeBytesAt(dirname(path)), uid: process.getuid?.() ?? null }),
  };
}

/** Bytes that this process may still write below `folder`; null when that cannot be told. */
export function freeBytesAt(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
