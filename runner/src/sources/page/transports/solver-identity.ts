import type { Solution } from './solver-client.ts';

/** What may stand in a header: undici refuses other characters, and line breaks would begin a new header. */
const HEADER_TEXT = /^[\x20-\x7e]+$/;

/** The `Cookie` header for a url, of the cookies that the browser was given. One without a domain belongs to the page's host. */
export function cookiesFor({ cookies, url }: Solution, { hostname }: URL): string {
  const own = new URL(url).hostname;
  const fitting = cookies.filter(({ domain }) => {
    const bare = domain.replace(/^\./, '').toLowerCase() || own;
    return hostname === bare || hostname.endsWith(`.${bare}`);
  });
  return fitting
    .map(({ name, value }) => `${name}=${value}`)
    .filter((pair) => HEADER_TEXT.test(pair) && !pair.includes(';'))
    .join('; ');
}

/** The browser's name, to which its cookies are bound; null when FlareSolverr does not tell one. */
export function userAgentOf({ userAgent }: Solution): string | null {
  return userAgent.trim() !== '' && HEADER_TEXT.test(userAgent) ? userAgent : null;
}
