import type { Solution } from './solver-client.ts';

/** Scripts and frames: with `disableMedia` FlareSolverr loads no pictures, styles and fonts. */
const SUBREQUEST = /<(?:script|iframe|frame)\b[^>]{0,1000}?\ssrc\s*=\s*["']?([^"'\s>]{1,2000})/gi;

/**
 * The requests that a page made the browser send besides, by host: those for its scripts and frames. FlareSolverr does not
 * tell of them, so it is an estimate. Requests of the scripts themselves are missing, and what the browser held in its cache
 * is counted.
 */
export function countSubrequests({ url, response }: Solution): Map<URL, number> {
  const byHost = new Map<string, { at: URL; count: number }>();
  for (const [, source = ''] of response.matchAll(SUBREQUEST)) {
    const at = URL.parse(source.replaceAll('&amp;', '&'), url);
    if (!at || !/^https?:$/.test(at.protocol)) continue;
    const found = byHost.get(at.host) ?? { at, count: 0 };
    byHost.set(at.host, { ...found, count: found.count + 1 });
  }
  return new Map([...byHost.values()].map(({ at, count }) => [at, count]));
}
