import type { LookupFunction } from 'node:net';
import type { Clock } from '../../../http/clock.ts';
import type { Limiter } from '../../../http/limiter.ts';
import type { RobotsCache } from '../../../http/robots-cache.ts';
import { addTraffic, noTraffic, type Traffic } from '../../../http/traffic.ts';
import type { PageAnswer } from '../../base/enrich-source.ts';
import type { FetchedImage, SourceTraffic, Validators } from '../../base/source.ts';

/** One way to a site's pages and pictures. */
export interface Transport {
  /**
   * Status 304 when the page is still as `known` says; a browser cannot ask that and always brings it.
   *
   * @throws SourceBlocked, NotRetryable (off limits by robots.txt, too large, …), Retryable (all tries used up) or the
   * signal's reason
   */
  fetchPage(url: string, known: Validators, signal: AbortSignal): Promise<PageAnswer>;
  /** @throws SourceBlocked or the signal's reason; everything else is a `FetchedImage` */
  fetchImage(url: string, options: ImageOptions, signal: AbortSignal): Promise<FetchedImage>;
  traffic(): SourceTraffic;
  close(): Promise<void>;
}

export interface ImageOptions {
  referer: string | null;
  known: Validators;
}

/** What every transport of a site shares. */
export interface TransportDeps {
  sourceId: string;
  /** The site's origin. */
  site: string;
  /** One for pages and pictures of the site, whatever way they come. */
  limiter: Limiter;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random: () => number;
  userAgent: string;
  /** Whose rules are obeyed; left out where the owner overrides them. */
  robots?: RobotsCache;
  /** Origins that may be private, exactly. */
  allowedOrigins: ReadonlySet<string>;
  /** Keeps the browser sessions of two runners apart. */
  sessionSuffix: string;
  lookup?: LookupFunction;
  /** Hears, in a sentence, that the site has to be waited for. */
  onWait?: (message: string) => void;
  /** Aborted when the work is to end: nothing that is away is waited for any more. */
  stop?: AbortSignal;
}

type Hosts = ReadonlyMap<string, Readonly<Traffic>>;

/** Several accounts of one site as one. `waitedMs` is of the limiter that they share. */
export function joinTraffic(accounts: readonly Hosts[], waitedMs: number): SourceTraffic {
  const hosts = new Map<string, Traffic>();
  for (const [host, traffic] of accounts.flatMap((one) => [...one])) {
    hosts.set(host, addTraffic(hosts.get(host) ?? noTraffic(), traffic));
  }
  const { requests, bytes } = [...hosts.values()].reduce(addTraffic, noTraffic());
  return { requests, bytes, waitedMs, hosts };
}

/** Puts other origins in the place of a site's own, there and back: `https://www.example.com` → `http://127.0.0.1:8080`. */
export interface HostMap {
  outward(url: string): string;
  inward(url: string): string;
}

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
