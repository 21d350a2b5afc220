import { NotRetryable, SourceBlocked, withoutQuery } from './request-errors.ts';

/** Any answer that is not worth another try: 2xx, 304 and 4xx but 408 and 429. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Uint8Array;
  /** After redirects. */
  url: URL;
}

const statuses = [301, 302, 303, 307, 308];

/**
 * Where the answer sends us; null when it is no redirect.
 *
 * @throws NotRetryable when its `Location` is missing, no address, or a place in the page itself, which would send us
 * here again; SourceBlocked when a POST is redirected
 */
export function redirectTarget({ status, headers, url }: HttpAnswer, method = 'GET'): URL | null {
  if (!statuses.includes(status)) return null;
  const location = headers.location?.trim() ?? '';
  const next = URL.parse(location, url.href);
  const fault = faultOf(location, next, url);
  if (!next || fault)
    throw new NotRetryable(`${withoutQuery(url)} redirects to nowhere: its answer ${status} ${fault}`);
  if (method === 'POST') {
    throw new SourceBlocked(
      `${withoutQuery(url)} redirects to ${withoutQuery(next)}: configure that address, if it is the right one`,
    );
  }
  return next;
}

function faultOf(location: string, next: URL | null, here: URL): string | null {
  if (location === '') return 'has no Location';
  if (!next) return 'has a Location that is no web address';
  const isPlaceInPage = location.includes('#') && withoutFragment(next) === withoutFragment(here);
  return isPlaceInPage ? 'leads to a place in the page itself' : null;
}

function withoutFragment({ origin, pathname, search }: URL): string {
  return origin + pathname + search;
}
