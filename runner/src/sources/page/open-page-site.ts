import { randomUUID } from 'node:crypto';
import type { Clock } from '../../http/clock.ts';
import { createFetcher } from '../../http/fetcher.ts';
import type { Limiter } from '../../http/limiter.ts';
import { SourceBlocked } from '../../http/request-errors.ts';
import type { RobotsCache } from '../../http/robots-cache.ts';
import type { FetchedImage, SourceTraffic, Validators } from '../base/source.ts';
import { type TransportSettings, transportUrl, whyNoTransport } from './availability.ts';
import type { SiteDefinition, TransportKind } from './definition/definition.ts';
import { type LookUpOptions, lookUp } from './look-up.ts';
import type { KnownPerformer } from './names/same-performer.ts';
import type { LookUpResult } from './reading/look-up-result.ts';
import type { PageImage } from './reading/read-images.ts';
import { openChrome } from './transports/chrome.ts';
import { openDirect } from './transports/direct.ts';
import { openFlareSolverr } from './transports/flaresolverr.ts';
import { mapHosts, type Transport, type TransportDeps } from './transports/transport.ts';
import { withFallback } from './transports/with-fallback.ts';

export interface PageSiteOptions {
  definition: SiteDefinition;
  /** The owner's environment. */
  settings: TransportSettings;
  /** The site's one limiter, for pages and pictures. */
  limiter: Limiter;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random: () => number;
  userAgent: string;
  /** Whose rules are obeyed; left out where the owner overrides them. */
  robots?: RobotsCache;
  /** Names the browser session; unique among the runners that share a FlareSolverr. */
  sessionSuffix?: string;
  /** Origins to ask in the place of those in the definition, for a mirror or a test; they may be private. */
  origins?: ReadonlyMap<string, string>;
  /** Hears, in a sentence, that the site has to be waited for. */
  onWait?: (message: string) => void;
  /** Aborted when the work is to end: nothing that is away is waited for any more. */
  stop?: AbortSignal;
  /** Hears when the fallback transport takes over, with a sentence. */
  onWarning?: (message: string) => void;
}

/** A reference site, as enriching a run's performers uses it. */
export interface PageSite {
  readonly definition: SiteDefinition;
  /** @throws SourceBlocked when the site says no, or the signal's reason; everything else is an outcome */
  lookUp(performer: KnownPerformer, options: LookUpOptions): Promise<LookUpResult>;
  /** The picture, or the next smaller one when it is missing. @throws SourceBlocked or the signal's reason */
  fetchImage(image: PageImage, known: Validators, signal: AbortSignal): Promise<FetchedImage>;
  traffic(): SourceTraffic;
  /** Ends browser sessions too. Once is enough, and twice does no harm. */
  close(): Promise<void>;
}

/** @throws SourceBlocked with the reason, when what the definition needs is not configured */
export function openPageSite(options: PageSiteOptions): PageSite {
  const { definition } = options;
  const transport = openTransport(options);
  let closing: Promise<void> | null = null;

  async function fetchImage(image: PageImage, known: Validators, signal: AbortSignal): Promise<FetchedImage> {
    const referer = refererOf(definition, image);
    let fetched = await transport.fetchImage(image.url, { referer, known }, signal);
    // What is known belongs to the first address; a smaller picture is asked for anew.
    const unknown = { etag: null, lastModified: null };
    for (const url of image.fallbacks) {
      if (fetched.kind !== 'failed' || fetched.reason !== 'image_missing') break;
      fetched = await transport.fetchImage(url, { referer, known: unknown }, signal);
    }
    return fetched;
  }

  return {
    definition,
    lookUp: (performer, how) => lookUp(definition, transport, performer, how),
    fetchImage,
    traffic: transport.traffic,
    close() {
      closing ??= transport.close();
      return closing;
    },
  };
}

function openTransport(options: PageSiteOptions): Transport {
  const { definition, settings, onWarning = () => {} } = options;
  const reason = whyNoTransport(definition, settings);
  if (reason !== null) throw new SourceBlocked(reason);
  const { use, fallback } = definition.transport;
  const first = openKind(use, options);
  if (!fallback || transportUrl(fallback, settings) === undefined) return first;
  return withFallback(first, openKind(fallback, options), () =>
    onWarning(`${definition.id} refused a direct request, so ${fallback} is used for the rest of the run`),
  );
}

function openKind(kind: TransportKind, options: PageSiteOptions): Transport {
  const { definition, limiter, clock, random, userAgent, origins = new Map() } = options;
  const hosts = mapHosts(origins);
  const deps: TransportDeps = {
    sourceId: definition.id,
    site: `${definition.site}/`,
    limiter,
    clock,
    random,
    userAgent,
    robots: options.robots,
    onWait: options.onWait,
    stop: options.stop,
    allowedOrigins: new Set(origins.values()),
    sessionSuffix: options.sessionSuffix ?? randomUUID().slice(0, 8),
  };
  if (kind === 'direct') return openDirect(createFetcher(deps), hosts);
  const url = transportUrl(kind, options.settings) ?? '';
  return kind === 'chrome' ? openChrome(deps, url, hosts) : openFlareSolverr(deps, url, hosts);
}

function refererOf({ referer, site }: SiteDefinition, { pageUrl }: PageImage): string | null {
  if (referer === 'none') return null;
  return referer === 'site' ? `${site}/` : pageUrl;
}
