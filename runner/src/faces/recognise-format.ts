import { ImageError } from './errors.ts';

/** Which pictures are read, for messages. */
export const READ_FORMATS = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif';

/**
 * Tells the format from the first bytes, whatever the name or content type said. Everything but these raster formats is
 * refused before a decoder sees it: the decoding library would also open SVG and documents, which are programs to run.
 *
 * @throws ImageError `empty_file`, `not_an_image` or `unsupported_format`, saying what the content looks like
 */
export function recogniseFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.byteLength === 0) throw new ImageError('empty_file', 'The file is empty (0 bytes).');
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024));
  const format = rasterFormat(head.toString('latin1'));
  if (format) return format;
  throw describeOther(head.toString('latin1'), bytes.byteLength);
}

function rasterFormat(head: string): ImageFormat | null {
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp';
  if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'tiff';
  // The size of the `ftyp` box covers the brands that the file claims; AVIF may be the main or a compatible one.
  if (head.slice(4, 8) === 'ftyp' && /avi[fs]/.test(head.slice(8, 64))) return 'avif';
  return null;
}

function describeOther(head: string, byteLength: number): ImageError {
  const text = head.trimStart().toLowerCase();
  if (head.slice(4, 8) === 'ftyp')
    return unsupported(`an ISO media file of brand "${head.slice(8, 12).trim()}" (HEIC or video)`);
  if (head.startsWith('BM')) return unsupported('a BMP picture');
  if (head.startsWith('%PDF')) return unsupported('a PDF document');
  if (/<svg[\s>]/.test(text)) return unsupported('an SVG drawing');
  if (/^(<!doctype html|<html)/.test(text))
    return notAnImage('an HTML page, probably an error or consent page');
  if (text.startsWith('version https://git-lfs'))
    return notAnImage('a Git LFS pointer, not the file it points to');
  if (/^[\t\n\r\x20-\x7e]+$/.test(head)) return notAnImage('plain text');
  return notAnImage(`${byteLength} bytes of no known picture format`);
}

function unsupported(what: string): ImageError {
  return new ImageError('unsupported_format', `The content is ${what}; pictures must be ${READ_FORMATS}.`);
}

function notAnImage(what: string): ImageError {
  return new ImageError('not_an_image', `The content is not a picture: it is ${what}.`);
}
