import type { Fetcher } from '../../../http/fetcher.ts';
import { NotRetryable, Retryable } from '../../../http/request-errors.ts';
import { conditions, failed, MAX_IMAGE_BYTES } from '../../base/fetch-image.ts';
import type { FetchedImage } from '../../base/source.ts';
import { readPicture } from './read-picture.ts';
import type { ImageOptions } from './transport.ts';

/** Asks for a picture over plain HTTPS. @throws SourceBlocked or the signal's reason */
export async function fetchPicture(
  fetcher: Fetcher,
  url: string,
  { referer, known }: ImageOptions,
  signal: AbortSignal,
  cookies?: string,
): Promise<FetchedImage> {
  const headers = {
    accept: 'image/*',
    ...(referer === null ? {} : { referer }),
    ...(cookies ? { cookie: cookies } : {}),
    ...conditions(known),
  };
  try {
    return await fetcher.fetch(url, { headers, maxBytes: MAX_IMAGE_BYTES, signal, read: readPicture });
  } catch (error) {
    if (error instanceof NotRetryable) return failed('image_not_taken', error.message);
    if (error instanceof Retryable) return failed('image_unreachable', error.message);
    throw error;
  }
}
