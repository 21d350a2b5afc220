import pLimit from 'p-limit';
import { createFetcher, type Fetcher } from '../../../http/fetcher.ts';
import { checkUrl } from '../../../http/guard-address.ts';
import { NotRetryable, Retryable, Throttled, withoutQuery } from '../../../http/request-errors.ts';
import { countRefusal, createTrafficCounter } from '../../../http/traffic.ts';
import { failed } from '../../base/fetch-image.ts';
import { BrowserCrashed, BrowserUnavailable, createBrowserRetry } from './browser-retry.ts';
import { fetchPicture } from './direct.ts';
import { isPassingNetError, readErrorPage } from './net-errors.ts';
import { createSolverClient, type Solution } from './solver-client.ts';
import { type HostMap, joinTraffic, type Transport, type TransportDeps } from './transport.ts';

/** Waits before further attempts at a page that did not come, or whose site cannot be reached. */
const FAULT_WAITS_MS = [30_000, 60_000, 90_000];

/** `status` is 0 but for an answer without a body, whose status the browser's error page tells. */
type Solved = Solution & { status: number };

/**
 * A site through the owner's FlareSolverr. All its pages go through one session, one after the other, since a session is
 * one browser; it ends with the transport, and a new one takes its place when its browser dies. Pictures cannot: they are
 * asked for directly, with the cookies that the session was given and the browser's name that they are bound to.
 */
export function openFlareSolverr(deps: TransportDeps, solverUrl: string, hosts: HostMap): Transport {
  const { limiter, site } = deps;
  const client = createSolverClient(solverUrl);
  const browserRetry = createBrowserRetry(deps, 'FlareSolverr', FAULT_WAITS_MS);
  const oneAtATime = pLimit(1);
  const pages = createTrafficCounter();
  let sessions = 0;
  /** The session that FlareSolverr may hold; null before the first page and after the death of a browser. */
  let session: string | null = null;
  let last: Solution | null = null;
  let pictures: { userAgent: string; fetcher: Fetcher } | null = null;
  /** Accounts of picture fetchers that have ended. */
  const earlier: Fetcher['traffic']['hosts'][] = [];
  /** Asks for robots.txt, under the runner's own name. */
  const admission = createFetcher(deps);

  function open(url: string, signal: AbortSignal): Promise<Solved> {
    const at = new URL(hosts.outward(url));
    checkUrl(at, deps.allowedOrigins);
    return browserRetry.run(at, () => openOnce(at, signal), signal);
  }

  async function openOnce(at: URL, signal: AbortSignal): Promise<Solved> {
    const spacingMs = await admission.admit(at, signal);
    const solved = await limiter.run(() => ask(at, signal), signal, { spacingMs });
    limiter.recover();
    last = solved;
    return solved;
  }

  async function ask(at: URL, signal: AbortSignal): Promise<Solved> {
    session ??= `trainer-${deps.sourceId}-${deps.sessionSuffix}-${++sessions}`;
    const account = pages.of(at);
    account.requests += 1;
    try {
      const solved = await client.open(at.href, session, signal);
      account.bytes += Buffer.byteLength(solved.response);
      const status = statusOf(at, solved);
      if (status >= 400) countRefusal(account, status);
      if (status !== 0) return { ...solved, status, response: '', url: at.href };
      for (const [url, count] of countSubrequests(solved)) pages.of(url).browserRequests += count;
      return { ...solved, status };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BrowserUnavailable) account.requests -= 1;
      else if (error instanceof Retryable) account.failures += 1;
      if (error instanceof BrowserCrashed) await endSession();
      throw error;
    }
  }

  async function endSession(): Promise<void> {
    const ending = session;
    session = null;
    if (ending !== null) await client.destroy(ending);
  }

  /** Cookies hold only for the browser that got them, so a new one makes a new fetcher. Never waits: several ask at once. */
  function picturesOf(solved: Solution): Fetcher {
    const userAgent = userAgentOf(solved) ?? deps.userAgent;
    if (pictures?.userAgent === userAgent) return pictures.fetcher;
    void endPictures().catch(() => {});
    const fetcher = createFetcher({ ...deps, userAgent });
    pictures = { userAgent, fetcher };
    return fetcher;
  }

  async function endPictures(): Promise<void> {
    if (!pictures) return;
    earlier.push(pictures.fetcher.traffic.hosts);
    const { fetcher } = pictures;
    pictures = null;
    await fetcher.close();
  }

  return {
    fetchPage: (url, _, signal) =>
      oneAtATime(async () => {
        const { status, response, url: at } = await open(url, signal);
        return { status, headers: {}, body: response, url: hosts.inward(at) };
      }),
    async fetchImage(url, options, signal) {
      try {
        const solved = last ?? (await oneAtATime(() => open(site, signal)));
        const at = hosts.outward(url);
        return await fetchPicture(picturesOf(solved), at, options, signal, cookiesFor(solved, new URL(at)));
      } catch (error) {
        // The front page, which gives the cookies, did not come.
        if (!(error instanceof Retryable || error instanceof NotRetryable)) throw error;
        return failed('image_unreachable', error.message);
      }
    },
    traffic() {
      const { fetcher } = pictures ?? {};
      const accounts = [
        pages.hosts,
        admission.traffic.hosts,
        ...earlier,
        ...(fetcher ? [fetcher.traffic.hosts] : []),
      ];
      return joinTraffic(accounts, limiter.waitedMs());
    },
    async close() {
      await Promise.all([endSession(), endPictures(), admission.close()]);
    },
  };
}

/**
 * The status of an answer without a body, which the browser's error page tells; 0 for a page.
 *
 * @throws Retryable, Throttled or NotRetryable when the page is the browser's own, because the site cannot be reached
 */
function statusOf(at: URL, { url, response }: Solution): number {
  const page = readErrorPage(url, response);
  if (!page) {
    if (/^https?:/.test(url)) return 0;
    throw new Retryable(
      `${withoutQuery(at)} did not come: FlareSolverr's browser is at ${url.slice(0, 100)}`,
    );
  }
  const { status, netError } = page;
  if (status === 429 || status === 503) throw new Throttled(`${withoutQuery(at)} answered ${status}`);
  if (status !== null && (status >= 500 || status === 408)) {
    throw new Retryable(`${withoutQuery(at)} cannot be reached: it answered ${status} without a page`);
  }
  if (status !== null) return status;
  const message = `${withoutQuery(at)} cannot be reached: ${netError ?? 'the browser shows its own error page'}`;
  throw netError === null || isPassingNetError(netError) ? new Retryable(message) : new NotRetryable(message);
}

/** Scripts and frames: with `disableMedia` FlareSolverr loads no pictures, styles and fonts. */
const SUBREQUEST = /<(?:script|iframe|frame)\b[^>]{0,1000}?\ssrc\s*=\s*["']?([^"'\s>]{1,2000})/gi;

/**
 * The requests that a page made the browser send besides, by host: those for its scripts and frames. FlareSolverr does not
 * tell of them, so it is an estimate. Requests of the scripts themselves are missing, and what the browser held in its cache
 * is counted.
 */
function countSubrequests({ url, response }: Solution): Map<URL, number> {
  const byHost = new Map<string, { at: URL; count: number }>();
  for (const [, source = ''] of response.matchAll(SUBREQUEST)) {
    const at = URL.parse(source.replaceAll('&amp;', '&'), url);
    if (!at || !/^https?:$/.test(at.protocol)) continue;
    const found = byHost.get(at.host) ?? { at, count: 0 };
    byHost.set(at.host, { ...found, count: found.count + 1 });
  }
  return new Map([...byHost.values()].map(({ at, count }) => [at, count]));
}

/** What may stand in a header: undici refuses other characters, and line breaks would begin a new header. */
const HEADER_TEXT = /^[\x20-\x7e]+$/;

/** The `Cookie` header for a url, of the cookies that the browser was given. One without a domain belongs to the page's host. */
function cookiesFor({ cookies, url }: Solution, { hostname }: URL): string {
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
function userAgentOf({ userAgent }: Solution): string | null {
  return userAgent.trim() !== '' && HEADER_TEXT.test(userAgent) ? userAgent : null;
}
