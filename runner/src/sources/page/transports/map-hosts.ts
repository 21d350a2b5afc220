/** Puts other origins in the place of a site's own, there and back: `https://www.example.com` → `http://127.0.0.1:8080`. */
export interface HostMap {
  outward(url: string): string;
  inward(url: string): string;
}

export const sameHosts: HostMap = { outward: (url) => url, inward: (url) => url };

/** @param origins the origin to ask by the origin that is written on pages and in definitions */
export function mapHosts(origins: ReadonlyMap<string, string>): HostMap {
  const back = new Map([...origins].map(([from, to]) => [to, from]));
  return { outward: (url) => swap(url, origins), inward: (url) => swap(url, back) };
}

function swap(url: string, origins: ReadonlyMap<string, string>): string {
  const parsed = URL.parse(url);
  const origin = parsed && origins.get(parsed.origin);
  return parsed && origin ? origin + url.slice(url.indexOf(parsed.host) + parsed.host.length) : url;
}
