import { open } from 'node:fs/promises';
import { ImageError } from '../../faces/errors.ts';
import { recogniseFormat } from '../../faces/recognise-format.ts';

/** Folders that storage systems and computers keep for themselves, in lower case. Hidden ones need no row. */
const SYSTEM_FOLDERS = new Set([
  // Synology
  '@eadir',
  '#recycle',
  '#snapshot',
  '@tmp',
  '@sharebin',
  // QNAP
  '@recycle',
  '@recently-snapshot',
  '@__thumb',
  // Windows
  '$recycle.bin',
  'recycler',
  'system volume information',
  // Linux
  'lost+found',
  // macOS
  '__macosx',
  'network trash folder',
  'temporary items',
]);

const PICTURE = /\.(?:jpe?g|jpe|jfif|png|webp|avif|gif|tiff?)$/i;
/** Photos by their names, in formats that are not read: of phones, cameras, and programs that draw. */
const UNREAD_PHOTO = /\.(?:hei[cf]|hif|bmp|jxl|jp2|psd|svg|cr[23w]|nef|arw|dng|raf|orf|rw2|pef|srw)$/i;
const PERFORMER_FILE = /^performer\.ya?ml$/i;
const HEAD_BYTES = 1_024;

/** Whether a folder is nobody's: hidden, or kept by a storage system. */
export function isSystemFolder(name: string): boolean {
  return name.startsWith('.') || SYSTEM_FOLDERS.has(name.toLowerCase());
}

/** What a file is by its name. `other` may still be a picture, which `isPicture` tells. */
export function sortByName(name: string): 'about' | 'picture' | 'unread' | 'other' | 'hidden' {
  if (name.startsWith('.')) return 'hidden';
  if (PERFORMER_FILE.test(name)) return 'about';
  if (PICTURE.test(name)) return 'picture';
  return UNREAD_PHOTO.test(name) ? 'unread' : 'other';
}

/**
 * Whether a file whose name does not say it holds a picture: notes, videos and `Thumbs.db` do not, and neither does what the
 * runner may not read.
 *
 * @throws Error of the file system, which may pass; the photo must not count as gone for it
 */
export async function isPicture(path: Buffer): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES' || error.code === 'EPERM') return null;
    throw error;
  });
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    recogniseFormat(buffer.subarray(0, bytesRead));
    return true;
  } catch (error) {
    if (error instanceof ImageError) return false;
    throw error;
  } finally {
    await file.close();
  }
}
