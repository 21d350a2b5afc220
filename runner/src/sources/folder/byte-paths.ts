import { sep } from 'node:path';

/**
 * Paths as bytes: a share that was filled by old Samba servers holds names that are no UTF-8, and a name that went through
 * a string would not lead back to its file.
 */

const SEPARATOR = Buffer.from(sep);
const WINDOWS_1252 = new TextDecoder('windows-1252');

export function joinPath(folder: Buffer, ...names: Buffer[]): Buffer {
  return names.reduce((path, name) => Buffer.concat([path, SEPARATOR, name]), folder);
}

export function isUtf8(name: Buffer): boolean {
  return Buffer.from(name.toString('utf8')).equals(name);
}

/** The name in letters. What is no UTF-8 is read as Windows-1252, which such shares mostly used. */
export function showName(name: Buffer): string {
  return isUtf8(name) ? name.toString('utf8') : WINDOWS_1252.decode(name);
}

/** One step of a path for a url; `decodeName` leads back to the same bytes. */
export function encodeName(name: Buffer): string {
  if (isUtf8(name)) return encodeURIComponent(name.toString('utf8'));
  return [...name]
    .map((byte) => {
      const isPlain = byte < 0x80 && /[A-Za-z0-9._-]/.test(String.fromCharCode(byte));
      return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

export function decodeName(encoded: string): Buffer {
  const bytes = Buffer.from(encoded).toString('latin1');
  const decoded = bytes.replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
