import pLimit from 'p-limit';
import { createFetcher } from '../../../http/fetcher.ts';
import { checkUrl } from '../../../http/guard-address.ts';
import { NotRetryable, Retryable, Throttled } from '../../../http/request-errors.ts';
import { readRetryAfter } from '../../../http/retry.ts';
import { countRefusal, createTrafficCounter } from '../../../http/traffic.ts';
import { failed } from '../../base/fetch-image.ts';
import type { FetchedImage } from '../../base/source.ts';
import { BrowserCrashed, createBrowserRetry } from './browser-retry.ts';
import { type CdpConnection, connectCdp } from './cdp-connection.ts';
import { type CdpTab, type Loaded, openTab, type Until } from './cdp-tab.ts';
import { readPicture } from './direct.ts';
import {
  type HostMap,
  type ImageOptions,
  joinTraffic,
  type Transport,
  type TransportDeps,
} from './transport.ts';

/** As the first generation of trainers drove Indexxx through Chrome. */
const WARM_UP_TIMEOUT_MS = 90_000;
const WARM_UP_REST_MS = 3_000;
const LOAD_TIMEOUT_MS = 60_000;
const FAULT_WAITS_MS = [5_000, 5_000];

interface Browser {
  connection: CdpConnection;
  tab: CdpTab;
  /** Its first visit to the site's front page is over. */
  isWarm: boolean;
}

/**
 * A site through the owner's Chrome: one tab, in which pages and pictures are opened one after the other as a visitor
 * would. Its front page comes first. The tab is closed at the end, and Chrome stays; a tab that crashes is replaced.
 */
export function openChrome(deps: TransportDeps, chromeUrl: string, hosts: HostMap): Transport {
  const { clock, limiter } = deps;
  const browserRetry = createBrowserRetry(deps, 'Chrome', FAULT_WAITS_MS);
  const oneAtATime = pLimit(1);
  const book = createTrafficCounter();
  /** Asks for robots.txt, under the runner's own name. */
  const admission = createFetcher(deps);
  let browser: Browser | null = null;

  /** Opens the address in a browser that has been to the front page. Both are tried again when that may help. */
  function visit(url: string, until: Until, signal: AbortSignal, referer?: string | null): Promise<Loaded> {
    const at = new URL(hosts.outward(url));
    checkUrl(at, deps.allowedOrigins);
    const attempt = async () => {
      await warmUp(signal);
      return load(at, until, signal, referer);
    };
    return browserRetry.run(at, attempt, signal);
  }

  /** A first visit, so that what the site sets up for its visitors is there before anything is asked for. */
  async function warmUp(signal: AbortSignal): Promise<void> {
    const opened = await openBrowser();
    if (opened.isWarm) return;
    await load(new URL(hosts.outward(deps.site)), 'idle', signal);
    await clock.sleep(WARM_UP_REST_MS, signal);
    opened.isWarm = true;
  }

  async function openBrowser(): Promise<Browser> {
    if (browser) return browser;
    const connection = await connectCdp(chromeUrl);
    const onSubrequest = (url: URL) => {
      book.of(url).browserRequests += 1;
    };
    try {
      const opened = { connection, tab: await openTab(connection, onSubrequest), isWarm: false };
      browser = opened;
      void connection.ended.then(() => {
        if (browser === opened) browser = null;
      });
      return opened;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async function load(at: URL, until: Until, signal: AbortSignal, referer?: string | null): Promise<Loaded> {
    const traffic = book.of(at);
    const timeoutMs = until === 'idle' ? WARM_UP_TIMEOUT_MS : LOAD_TIMEOUT_MS;
    const spacingMs = await admission.admit(at, signal);
    const ask = async () => {
      if (!browser) throw new Retryable('the connection to Chrome has ended');
      traffic.requests += 1;
      return browser.tab.load(at.href, until, timeoutMs, referer);
    };
    try {
      const loaded = await limiter.run(ask, signal, { spacingMs });
      traffic.bytes += Buffer.byteLength(loaded.body);
      const { status } = loaded;
      if ([401, 403, 429].includes(status) || status >= 500) countRefusal(traffic, status);
      return throwIfThrottled(loaded);
    } catch (error) {
      if (error instanceof BrowserCrashed) await endBrowser();
      if (error instanceof Retryable && !(error instanceof Throttled)) traffic.failures += 1;
      throw error;
    }
  }

  /** @throws Throttled when the site asks for patience */
  function throwIfThrottled(loaded: Loaded): Loaded {
    // A browser cannot ask whether a page is still the same, so what that would take is no use to anybody.
    const { etag: _, 'last-modified': __, ...headers } = lowerCased(loaded.headers);
    if (loaded.status === 429 || loaded.status === 503) {
      const retryAfterMs = readRetryAfter(headers['retry-after'], clock.now());
      throw new Throttled(`${loaded.url} answered ${loaded.status}`, { retryAfterMs });
    }
    limiter.recover();
    return { ...loaded, headers, url: hosts.inward(loaded.url) };
  }

  async function endBrowser(): Promise<void> {
    const open = browser;
    browser = null;
    await open?.tab.close();
    open?.connection.close();
  }

  async function picture(url: string, options: ImageOptions, signal: AbortSignal): Promise<FetchedImage> {
    const ask = () => visit(url, 'bytes', signal, options.referer);
    try {
      const first = await ask();
      if (first.status !== 403) return readLoaded(first);
      // What the front page set up may have run out.
      if (browser) browser.isWarm = false;
      return readLoaded(await ask());
    } catch (error) {
      if (error instanceof NotRetryable) return failed('image_not_taken', error.message);
      if (error instanceof Retryable) return failed('image_unreachable', error.message);
      throw error;
    }
  }

  return {
    fetchPage: (url, _, signal) => oneAtATime(() => visit(url, 'html', signal)),
    fetchImage: (url, options, signal) => oneAtATime(() => picture(url, options, signal)),
    traffic: () => joinTraffic([book.hosts, admission.traffic.hosts], limiter.waitedMs()),
    async close() {
      await endBrowser();
      await admission.close();
    },
  };
}

function readLoaded({ status, headers, body, url }: Loaded): FetchedImage {
  return readPicture({ status, headers, body: Buffer.from(body), url: new URL(url) });
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
