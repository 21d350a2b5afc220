import type { Fetcher } from '../../../http/fetcher.ts';
import type { HttpAnswer } from '../../../http/http-answer.ts';
import { NotRetryable, Retryable } from '../../../http/request-errors.ts';
import { conditions, failed, MAX_IMAGE_BYTES, readImage } from '../../base/fetch-image.ts';
import type { FetchedImage } from '../../base/source.ts';
import { type HostMap, type ImageOptions, joinTraffic, type Transport } from './transport.ts';

/** Ten times the longest performer's page in sight. */
const MAX_PAGE_BYTES = 5 * 1024 * 1024;
const PAGE_HEADERS = {
  accept: 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.5',
};

/** Plain HTTPS with the runner's own name. */
export function openDirect(fetcher: Fetcher, hosts: HostMap): Transport {
  return {
    fetchPage: (url, known, signal) =>
      fetcher.fetch(hosts.outward(url), {
        headers: { ...PAGE_HEADERS, ...conditions(known) },
        maxBytes: MAX_PAGE_BYTES,
        signal,
        read: ({ status, headers, body, url: at }) => ({ status, headers, body, url: hosts.inward(at.href) }),
      }),
    fetchImage: (url, options, signal) => fetchPicture(fetcher, hosts.outward(url), options, signal),
    traffic: () => joinTraffic([fetcher.traffic.hosts], fetcher.waitedMs()),
    close: () => fetcher.close(),
  };
}

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

/** Less is a placeholder: the smallest real pictures of these sites have several thousand bytes. */
const MIN_IMAGE_BYTES = 1_000;
/** Where sites lead for a picture that they do not have. */
const PLACEHOLDER = /\/(?:unknown|placeholder|no-?(?:image|photo))\b[^/]*$/i;

type PictureAnswer = Pick<HttpAnswer, 'status' | 'headers' | 'body' | 'url'>;

/** As `readImage`, for sites that answer 200 with a page or a placeholder where they have no picture. */
export function readPicture(answer: PictureAnswer): FetchedImage {
  const { status, headers, body, url } = answer;
  if (status !== 200) return readImage(answer);
  if (/^text\/html\b/i.test(headers['content-type'] ?? '')) {
    return failed('image_refused', 'a page came instead of the image');
  }
  if (body.byteLength < MIN_IMAGE_BYTES || PLACEHOLDER.test(url.pathname)) {
    return failed('image_missing', `a placeholder of ${body.byteLength} bytes came instead of the image`);
  }
  return readImage(answer);
}
