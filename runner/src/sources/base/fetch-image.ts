import type { Fetcher } from '../../http/fetcher.ts';
import type { HttpAnswer } from '../../http/http-answer.ts';
import { NotRetryable, Retryable } from '../../http/request-errors.ts';
import type { FetchedImage, ImageFailure, Validators } from './source.ts';

/** Ten times the largest portrait in sight. */
export const MAX_IMAGE_BYTES = 30 * 1024 * 1024;

/**
 * Asks for a picture, unless it is as `known` says. Sends no key but what `headers` hold. Whether a failure is the picture's or
 * the host's is for the caller to tell: see `createPictureHosts`.
 */
export async function fetchImage(
  fetcher: Fetcher,
  url: string,
  known: Validators,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<FetchedImage> {
  try {
    const all = { accept: 'image/*', ...conditions(known), ...headers };
    return await fetcher.fetch(url, {
      headers: all,
      maxBytes: MAX_IMAGE_BYTES,
      signal,
      callerTracksOutages: true,
      read: readImage,
    });
  } catch (error) {
    if (error instanceof NotRetryable) return failed('image_not_taken', error.message);
    if (error instanceof Retryable) return failed('image_unreachable', error.message);
    throw error;
  }
}

/** Headers that ask only for what has changed. */
export function conditions({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

/** Judges the answer for a picture: whether it is one is told by its bytes when it is decoded. */
export function readImage({ status, headers, body }: Omit<HttpAnswer, 'url'>): FetchedImage {
  const validators = { etag: headers.etag ?? null, lastModified: headers['last-modified'] ?? null };
  if (status === 200) return { kind: 'fetched', bytes: body, ...validators };
  if (status === 304) return { kind: 'unchanged', ...validators };
  const isMissing = status === 404 || status === 410;
  return failed(isMissing ? 'image_missing' : 'image_refused', `the image answered ${status}`);
}

export function failed(reason: ImageFailure, message: string): FetchedImage {
  return { kind: 'failed', reason, message };
}
