import { ProblemError } from './problem-error.ts';

/** Whether the browser speaks https with us, be it through a proxy that ends TLS. */
export function isHttps(request: Request, publicUrl: URL | null): boolean {
  return (publicUrl ?? new URL(request.url)).protocol === 'https:';
}

/**
 * Refuses a write that another site's page makes with the owner's cookie. Browsers send `Origin` with every such
 * request; programs that send none have no cookie to steal.
 *
 * @throws {ProblemError} `foreign_origin`
 */
export function refuseForeignOrigin(request: Request, publicUrl: URL | null): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const isForeign =
    origin === null ? site === 'cross-site' || site === 'same-site' : !isOwn(origin, request, publicUrl);
  if (!isForeign) return;
  throw new ProblemError(
    'foreign_origin',
    `The request was made by a page of ${origin ?? 'another site'}. If that is this dashboard behind a proxy, set PUBLIC_URL to its address.`,
  );
}

/** Hosts are compared and not schemes, because a proxy may end TLS in front of us. */
function isOwn(origin: string, request: Request, publicUrl: URL | null): boolean {
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === new URL(request.url).host || host === publicUrl?.host;
}
