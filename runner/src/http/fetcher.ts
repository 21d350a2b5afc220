import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { whileFetching } from '../work/current-work.ts';
import type { Clock } from './clock.ts';
import { checkUrl, guardedConnector } from './guard-address.ts';
import { type HttpAnswer, redirectTarget } from './http-answer.ts';
import type { Limiter } from './limiter.ts';
import { acceptedEncodings, readBody } from './read-body.ts';
import {
  explainFailure,
  NotRetryable,
  Retryable,
  SourceBlocked,
  Throttled,
  withoutQuery,
} from './request-errors.ts';
import { readRetryAfter, retry } from './retry.ts';
import type { RobotsCache } from './robots-cache.ts';
import { countRefusal, createTrafficCounter, type TrafficCounter } from './traffic.ts';

export interface FetcherOptions {
  limiter: Limiter;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random: () => number;
  userAgent: string;
  /** Whose rules are obeyed; left out for APIs, whose owners gave us a key. */
  robots?: RobotsCache;
  /** Origins that the owner configured: these, exactly, may be private. */
  allowedOrigins?: ReadonlySet<string>;
  /** A person waits for the answer: a source that is away is not waited for beyond the tries of one request. */
  isInteractive?: boolean;
  /** Aborted when the work is to end: what is under way may finish, but no outage is waited for any more. */
  stop?: AbortSignal;
  /** For one try, from connecting to the last byte. */
  timeoutMs?: number;
  lookup?: LookupFunction;
  /** Hears, in a sentence, that the source has to be waited for longer than a few seconds. */
  onWait?: (message: string) => void;
}

export interface FetchRequest<T> {
  method?: 'GET' | 'POST';
  /** Sent to the url's own origin only, never along a redirect to another. */
  headers?: Record<string, string>;
  body?: string;
  maxBytes: number;
  signal?: AbortSignal;
  /** The caller tells by itself when the host is out: its failures are not counted, and never end with giving the host up. */
  callerTracksOutages?: boolean;
  /** Makes the result of an answer, inside the try: what it throws as `Retryable` is tried again. */
  read: (answer: HttpAnswer) => T;
}

export interface Fetcher {
  fetch<T>(url: string, request: FetchRequest<T>): Promise<T>;
  /**
   * Asks only whether the page may be asked for, for those who fetch it by other means.
   *
   * @returns how long to wait between requests to its host at least, ms
   * @throws as `fetch`
   */
  admit(url: URL, signal?: AbortSignal): Promise<number>;
  /** See `FetcherOptions`. */
  readonly isInteractive: boolean;
  readonly stop: AbortSignal | undefined;
  /**
   * Waits by the fetcher's clock, and lets those who watch know why.
   *
   * @throws the reason of the signal, or of `stop`
   */
  pause(ms: number, why: string, signal: AbortSignal): Promise<void>;
  traffic: TrafficCounter;
  /** ms that this fetcher's requests waited for their turns. */
  waitedMs(): number;
  close(): Promise<void>;
}

/** Whether an address on the way may be asked for, and how long to wait after it, ms. */
type Admission = (url: URL, signal?: AbortSignal) => Promise<number>;

const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;
const MAX_ROBOTS_BYTES = 4 * 1024 * 1024;
/** Requests in a row that a host failed in spite of all tries, or refused: it is down, or does not want us. */
const MAX_CONSECUTIVE_FAILURES = 10;

const singleByNature = new Set(['content-type', 'etag', 'last-modified', 'location', 'retry-after']);

/**
 * Fetches from one source, politely: its limiter spaces every try, 429 and 503 hold the whole source back, and a host
 * that only fails is left alone.
 *
 * `fetch` throws `NotRetryable` (bad address, off limits by robots.txt, body too large, too many redirects), `Retryable` or `Throttled` when all tries
 * were used up, `SourceBlocked` when the host has failed too often, or the signal's reason. Messages name the address
 * without its query, and never a header.
 */
export function createFetcher(options: FetcherOptions): Fetcher {
  const { limiter, clock, allowedOrigins = new Set(), timeoutMs = TIMEOUT_MS } = options;
  const dispatcher = new Agent({
    connect: guardedConnector(allowedOrigins, CONNECT_TIMEOUT_MS, options.lookup),
    maxHeaderSize: 32 * 1024,
  });
  const traffic = createTrafficCounter();
  const consecutiveFailures = new Map<string, number>();

  async function fetchOnce<T>(url: URL, wanted: FetchRequest<T>, admitted: Admission): Promise<T> {
    let [at, headers] = [url, wanted.headers];
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      checkUrl(at, allowedOrigins);
      const here = at;
      const counted = traffic.of(here);
      const slot = {
        spacingMs: await admitted(here, wanted.signal),
        onWait: (ms: number) => {
          counted.waitedMs += ms;
        },
      };
      const answer = throwIfRetryable(
        await limiter.run(
          () => whileFetching(withoutQuery(here), () => ask(here, { ...wanted, headers })),
          wanted.signal,
          slot,
        ),
      );
      const next = redirectTarget(answer, wanted.method);
      if (next === null) return wanted.read(answer);
      if (next.origin !== at.origin) headers = undefined;
      at = next;
    }
    throw new NotRetryable(`${withoutQuery(url)} redirects more than ${MAX_REDIRECTS} times`);
  }

  async function admit(url: URL, signal?: AbortSignal): Promise<number> {
    if (!options.robots) return 0;
    const wanted = { maxBytes: MAX_ROBOTS_BYTES, signal, read: (answer: HttpAnswer) => answer };
    try {
      return await options.robots.admit(url, options.userAgent, (at) => fetchOnce(at, wanted, async () => 0));
    } catch (error) {
      if (error instanceof NotRetryable) traffic.of(url).offLimits += 1;
      throw error;
    }
  }

  async function ask(url: URL, wanted: FetchRequest<unknown>): Promise<HttpAnswer> {
    const counted = traffic.of(url);
    counted.requests += 1;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await request(url, {
        dispatcher,
        method: wanted.method ?? 'GET',
        headers: {
          ...wanted.headers,
          'user-agent': options.userAgent,
          'accept-encoding': acceptedEncodings,
        },
        body: wanted.body ?? null,
        signal: AbortSignal.any([timeout, ...(wanted.signal ? [wanted.signal] : [])]),
      });
      const headers = singleValued(response.headers);
      const body = await readBody(response.body, headers['content-encoding'], wanted.maxBytes, (bytes) => {
        counted.bytes += bytes;
      });
      return { status: response.statusCode, headers, body, url };
    } catch (error) {
      wanted.signal?.throwIfAborted();
      if (!(error instanceof NotRetryable)) counted.failures += 1;
      throw explainFailure(error, url, timeout.aborted ? timeoutMs : null);
    }
  }

  /** @throws Retryable for answers that may be better in a moment */
  function throwIfRetryable(answer: HttpAnswer): HttpAnswer {
    const { status, url } = answer;
    if (isRefusal(status)) countRefusal(traffic.of(url), status);
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], clock.now());
    const message = `${withoutQuery(url)} answered ${status}`;
    if (status === 429 || status === 503)
      throw new Throttled(`${message}: ${describeRetryAfter(retryAfterMs)}`, { retryAfterMs });
    if (status >= 500 || status === 408) throw new Retryable(message);
    limiter.recover();
    return answer;
  }

  async function fetch<T>(address: string, wanted: FetchRequest<T>): Promise<T> {
    const url = parse(address);
    const failures = consecutiveFailures.get(url.host) ?? 0;
    if (failures >= MAX_CONSECUTIVE_FAILURES && !wanted.callerTracksOutages) throw hostGivenUp(url);
    const { random, onWait } = options;
    const deps = { clock, random, pauseFor: limiter.pauseFor, onWait, signal: wanted.signal };
    try {
      let status = 0;
      const noted = (answer: HttpAnswer) => {
        status = answer.status;
        return answer;
      };
      const result = await retry(deps, () =>
        fetchOnce(url, { ...wanted, read: (answer) => wanted.read(noted(answer)) }, admit),
      );
      const isFailure = isRefusal(status) && !wanted.callerTracksOutages;
      consecutiveFailures.set(url.host, isFailure ? failures + 1 : 0);
      return result;
    } catch (error) {
      if (error instanceof Retryable && !wanted.callerTracksOutages)
        consecutiveFailures.set(url.host, failures + 1);
      throw error;
    }
  }

  function pause(ms: number, why: string, signal: AbortSignal): Promise<void> {
    options.onWait?.(`${why}; going on in ${Math.ceil(ms / 1_000)} s`);
    return clock.sleep(ms, options.stop ? AbortSignal.any([signal, options.stop]) : signal);
  }

  return {
    fetch,
    admit,
    pause,
    isInteractive: options.isInteractive ?? false,
    stop: options.stop,
    traffic,
    waitedMs: () => traffic.total().waitedMs,
    close: () => dispatcher.close(),
  };
}

function parse(address: string): URL {
  const url = URL.parse(address);
  if (!url) throw new NotRetryable(`${JSON.stringify(address.slice(0, 200))} is not a web address`);
  return url;
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403 || status === 429 || status >= 500;
}

function hostGivenUp(url: URL): SourceBlocked {
  return new SourceBlocked(
    `${url.host} has failed or refused ${MAX_CONSECUTIVE_FAILURES} requests in a row, so it is left alone; see the log for its answers`,
  );
}

function describeRetryAfter(retryAfterMs: number | null): string {
  return retryAfterMs === null
    ? 'it wants fewer requests'
    : `it wants us to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
}

/** Of headers that have one value by their nature, the first line counts; the lines of others are one list. */
function singleValued(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string | undefined> {
  const pairs = Object.entries(headers).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    return [name, singleByNature.has(name) ? value[0] : value.join(', ')];
  });
  return Object.fromEntries(pairs);
}
