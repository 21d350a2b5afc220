/** What is wrong with a site, for a test. */
export interface Faults {
  /** Her page leads to this path. */
  movedTo?: string;
  /** Her page leads to itself, by way of another. */
  redirectLoop?: boolean;
  /** Her page leads to this address. */
  leadsTo?: string;
  /** Pages answer 403 with a challenge, unless a browser that has passed one asks. */
  challenge?: boolean;
  /** Pages answer 429 this many times, with this `Retry-After`. */
  throttle?: { times: number; retryAfter: string };
  /** Tags that are not closed, attributes without quotes, a page that ends in the middle. */
  malformed?: boolean;
  /** A password field stands where she was. */
  login?: boolean;
  /** Pictures want the site's own `Referer`. */
  hotlinkGuard?: boolean;
  /** Paths of pictures that are gone. */
  missing?: RegExp;
  /** Paths of pages that answer 500. */
  broken?: RegExp;
  /** Its robots.txt; none when left out. */
  robots?: string;
  /** A page without end. */
  endlessBody?: boolean;
}

/** What a passed challenge leaves with a browser. */
export const CLEARANCE = 'clearance=passed';

export function challengePage(): string {
  return '<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>';
}

export function loginPage(): string {
  return '<html><head><title>Members</title></head><body><form><input type="password" name="p"></form></body></html>';
}

/** The same page, as careless software would write it. */
export function malform(page: string): string {
  if (!page.startsWith('<')) return page;
  return page
    .replace('<!doctype html><html><head>', '<font></i></b>\u0000<head>')
    .replaceAll(/(href|src)="([^"\s>]+)"/g, '$1=$2')
    .replaceAll('</li>', '')
    .replace('</body></html>', '<p><b><div class="cut off');
}
