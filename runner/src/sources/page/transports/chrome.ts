import pLimit from 'p-limit';
import { createFetcher } from '../../../http/fetcher.ts';
import { checkUrl } from '../../../http/guard-address.ts';
import { readRetryAfter } from '../../../http/read-retry-after.ts';
import { createTrafficBook, type Traffic } from '../../../http/traffic.ts';
import { messageOf } from '../../../logs/message-of.ts';
import { NotRetryable, Retryable, SourceBlocked, Throttled } from '../../errors.ts';
import { failed } from '../../fetch-image.ts';
import type { FetchedImage } from '../../source.ts';
import { type CdpConnection, connectCdp } from './cdp-connection.ts';
import { type CdpTab, type Loaded, openTab, type Until } from './cdp-tab.ts';
import { joinTraffic } from './join-traffic.ts';
import type { HostMap } from './map-hosts.ts';
import { readPicture } from './read-picture.ts';
import type { ImageOptions, Transport } from './transport.ts';
import type { TransportDeps } from './transport-deps.ts';

/** As the first generation of trainers drove Indexxx through Chrome. */
const WARM_UP_TIMEOUT_MS = 90_000;
const WARM_UP_REST_MS = 3_000;
const LOAD_TIMEOUT_MS = 60_000;
const THROTTLED_WAITS_MS = [30_000, 60_000, 90_000];
const FAULT_WAITS_MS = [5_000, 5_000];
const MAX_RETRY_AFTER_MS = 600_000;

interface Browser {
  connection: CdpConnection;
  tab: CdpTab;
}

/**
 * A site through the owner's Chrome: one tab, in which pages and pictures are opened one after the other as a visitor
 * would. Its front page comes first. The tab is closed at the end, and Chrome stays.
 */
export function openChrome(deps: TransportDeps, chromeUrl: string, hosts: HostMap): Transport {
  const { clock, limiter } = deps;
  const oneAtATime = pLimit(1);
  const book = createTrafficBook();
  /** Asks for robots.txt, under the runner's own name. */
  const admission = createFetcher(deps);
  let browser: Browser | null = null;

  async function load(
    url: string,
    until: Until,
    signal: AbortSignal,
    referer?: string | null,
  ): Promise<Loaded> {
    const at = new URL(hosts.outward(url));
    checkUrl(at, deps.allowedOrigins);
    const { tab } = await warmBrowser(signal);
    const traffic = book.of(at);
    const timeoutMs = until === 'idle' ? WARM_UP_TIMEOUT_MS : LOAD_TIMEOUT_MS;
    const spacingMs = await admission.admit(at, signal);
    const loaded = await limiter.run(
      () => {
        traffic.requests += 1;
        return tab.load(at.href, until, timeoutMs, referer);
      },
      signal,
      { spacingMs },
    );
    traffic.bytes += Buffer.byteLength(loaded.body);
    noteRefusal(traffic, loaded.status);
    // A browser cannot ask whether a page is still the same, so what that would take is no use to anybody.
    const headers = lowerCased(loaded.headers);
    delete headers.etag;
    delete headers['last-modified'];
    return { ...loaded, headers, url: hosts.inward(loaded.url) };
  }

  async function warmBrowser(signal: AbortSignal): Promise<Browser> {
    if (browser) return browser;
    const connection = await connectCdp(chromeUrl);
    browser = { connection, tab: await openTab(connection) };
    void connection.ended.then(() => {
      browser = null;
    });
    await warmUp(signal);
    if (!browser) throw new Retryable('the connection to Chrome has ended');
    return browser;
  }

  /** A first visit, so that what the site sets up for its visitors is there before anything is asked for. */
  async function warmUp(signal: AbortSignal): Promise<void> {
    await load(deps.site, 'idle', signal);
    await clock.sleep(WARM_UP_REST_MS, signal);
  }

  /** Repeats what may pass: lost connections, pages that do not load, 429. */
  async function patiently(attempt: () => Promise<Loaded>, signal: AbortSignal): Promise<Loaded> {
    for (let tries = 0; ; tries++) {
      try {
        return asRetryable(await attempt());
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SourceBlocked || error instanceof NotRetryable) throw error;
        const fault = error instanceof Retryable ? error : new Retryable(messageOf(error), { cause: error });
        const waits = fault instanceof Throttled ? THROTTLED_WAITS_MS : FAULT_WAITS_MS;
        const waitMs = fault.retryAfterMs ?? waits[tries];
        if (waitMs === undefined || waits[tries] === undefined || waitMs > MAX_RETRY_AFTER_MS) throw fault;
        deps.onWait?.(`${fault.message}; going on in ${Math.ceil(waitMs / 1_000)} s`);
        if (fault instanceof Throttled) limiter.holdBack(waitMs);
        else await clock.sleep(waitMs, signal);
      }
    }
  }

  function asRetryable(loaded: Loaded): Loaded {
    if (loaded.status !== 429 && loaded.status !== 503) {
      limiter.ease();
      return loaded;
    }
    const retryAfterMs = readRetryAfter(loaded.headers['retry-after'], clock.now());
    throw new Throttled(`${loaded.url} answered ${loaded.status}`, { retryAfterMs });
  }

  async function picture(url: string, options: ImageOptions, signal: AbortSignal): Promise<FetchedImage> {
    const ask = () => patiently(() => load(url, 'bytes', signal, options.referer), signal);
    try {
      const first = await ask();
      if (first.status !== 403) return readLoaded(first);
      await warmUp(signal);
      return readLoaded(await ask());
    } catch (error) {
      if (error instanceof NotRetryable) return failed('image_not_taken', error.message);
      if (error instanceof Retryable) return failed('image_unreachable', error.message);
      throw error;
    }
  }

  return {
    fetchPage: (url, _, signal) => oneAtATime(() => patiently(() => load(url, 'html', signal), signal)),
    fetchImage: (url, options, signal) => oneAtATime(() => picture(url, options, signal)),
    traffic: () => joinTraffic([book.hosts, admission.traffic.hosts], limiter.waitedMs()),
    async close() {
      const open = browser;
      browser = null;
      await open?.tab.close();
      open?.connection.close();
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

function noteRefusal(traffic: Traffic, status: number): void {
  if (![401, 403, 429].includes(status) && status < 500) return;
  traffic.refusals += 1;
  traffic.refusalsByStatus[status] = (traffic.refusalsByStatus[status] ?? 0) + 1;
}
