import type { HttpAnswer } from '../../../http/http-answer.ts';
import type { FetchedImage, ImageFailure, Validators } from '../../source.ts';

/** Ten times the largest portrait in sight. */
export const MAX_IMAGE_BYTES = 30 * 1024 * 1024;
/** Less is a placeholder (sources.md, 4). */
const MIN_IMAGE_BYTES = 1_000;
/** Where sites lead for a picture that they do not have. */
const PLACEHOLDER = /\/(?:unknown|placeholder|no-?(?:image|photo))\b[^/]*$/i;

export type PictureAnswer = Pick<HttpAnswer, 'status' | 'headers' | 'body' | 'url'>;

/** Judges the answer for a picture: whether it is one is told by its bytes when it is decoded. */
export function readPicture({ status, headers, body, url }: PictureAnswer): FetchedImage {
  const validators = { etag: headers.etag ?? null, lastModified: headers['last-modified'] ?? null };
  if (status === 304) return { kind: 'unchanged', ...validators };
  if (status === 404 || status === 410) return failed('image_missing', `the image answered ${status}`);
  if (status !== 200) return failed('image_refused', `the image answered ${status}`);
  if (/^text\/html\b/i.test(headers['content-type'] ?? '')) {
    return failed('image_refused', 'a page came instead of the image');
  }
  if (body.byteLength < MIN_IMAGE_BYTES || PLACEHOLDER.test(url.pathname)) {
    return failed('image_missing', `a placeholder of ${body.byteLength} bytes came instead of the image`);
  }
  return { kind: 'fetched', bytes: body, ...validators };
}

/** Headers that ask only for what has changed. */
export function conditions({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

export function failed(reason: ImageFailure, message: string): FetchedImage {
  return { kind: 'failed', reason, message };
}
