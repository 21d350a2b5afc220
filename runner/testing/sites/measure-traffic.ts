import type { SiteRequest } from './start-site.ts';

/** What a site saw of its visitor. */
export interface SiteTraffic {
  requests: number;
  /** Requests per minute, from the first to the last. */
  perMinute: number;
  /** Pages that were answered more than once with their content, robots.txt and pictures aside. */
  repeated: string[];
}

export function measureTraffic(asked: readonly SiteRequest[], pages: ReadonlySet<string>): SiteTraffic {
  const times = asked.map(({ at }) => at);
  const spanMs = Math.max(...times) - Math.min(...times);
  const seen = new Set<string>();
  const repeated: string[] = [];
  for (const { url, status } of asked) {
    const { pathname, search } = new URL(url);
    if (status !== 200 || !pages.has(pathname + search)) continue;
    if (seen.has(url)) repeated.push(url);
    seen.add(url);
  }
  return {
    requests: asked.length,
    perMinute: times.length < 2 || spanMs === 0 ? 0 : ((times.length - 1) * 60_000) / spanMs,
    repeated,
  };
}
