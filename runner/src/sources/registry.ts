import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { SourceConfig } from '@trainer/contract/config';
import type { SourceAvailability } from '@trainer/contract/leases';
import type { SourceDefinition, SourceId } from '@trainer/contract/sources';
import type { Clock } from '../http/clock.ts';
import { createFetcher, type FetcherOptions } from '../http/fetcher.ts';
import { createLimiters, type Limiter } from '../http/limiter.ts';
import { createRobotsCache } from '../http/robots-cache.ts';
import type { EnrichSource } from './base/enrich-source.ts';
import type { Source } from './base/source.ts';
import type { KnownSources } from './definition/known-sources.ts';
import type { DefinedSource } from './definition/source-file.ts';
import { openFolder } from './folder/open-folder.ts';
import { createSurvey } from './folder/survey-folder.ts';
import { createReachability, whyNoTransport } from './page/availability.ts';
import { createYieldTracker, type YieldTracker } from './page/drift/yield-tracker.ts';
import { openPageSite, type PageSite } from './page/open-page-site.ts';
import { openPageSource } from './page/open-page-source.ts';
import { borrowedName } from './source-warnings.ts';
import { boxHosts, openStash } from './stash/open-stash.ts';
import { openStashBox } from './stash-box/open-stash-box.ts';
import { openThePornDb, restAddress } from './theporndb/open-theporndb.ts';

/** The owner's environment, as far as sources go: keys, addresses and folders by variable. */
export type SourceSettings = (variable: string) => string | undefined;

export interface SourceRegistry {
  /** What the sources are, and where their definitions are from. */
  readonly known: KnownSources;
  /**
   * Every known source, and why it cannot be used here. Asks a FlareSolverr or Chrome that is configured
   * whether it is there, at most once a minute, and counts what is in the folder, at most once in 10 minutes.
   */
  availability(): Promise<SourceAvailability[]>;
  /** @throws Error with the reason when the source is not available, or does not create performers */
  open(id: SourceId, config: SourceConfig, userAgent: string, waits?: Waits): Source;
  /** @throws Error with the reason when the source is not available, or only creates performers */
  openEnrich(id: SourceId, opening: EnrichOpening): EnrichSource;
  /** @throws Error with the reason when the source is not available, or is no reference site */
  openSite(id: SourceId, opening: EnrichOpening): PageSite;
}

/** What becomes of waiting for a source that is away; see `FetcherOptions`. */
export type Waits = Pick<FetcherOptions, 'onWait' | 'stop'>;

export interface EnrichOpening extends Waits {
  config: SourceConfig;
  userAgent: string;
  /** Watches the yield of a reference site. */
  tracker?: YieldTracker;
  /** Hears what the owner should know. */
  onWarning?: (message: string) => void;
}

export interface RegistryDeps {
  settings: SourceSettings;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  /** A person waits for what is asked: see `FetcherOptions`. */
  isInteractive?: boolean;
  known: KnownSources;
  /** Origins to ask in the place of a site's own, for a mirror or a test; they may be private. */
  origins?: ReadonlyMap<string, string>;
}

/** Which sources this runner can serve, and how to open them. */
export function createSourceRegistry(deps: RegistryDeps): SourceRegistry {
  const { settings, clock, known } = deps;
  const limiterOf = createLimiters(clock);
  const robots = createRobotsCache(clock);
  const reachability = createReachability(settings, clock);
  const survey = createSurvey(clock);

  /** @throws Error with the reason when the source cannot be used here */
  function require(id: SourceId): DefinedSource {
    const reason = whyNot(id, settings, known);
    const { defined = null } = known.loaded.get(id) ?? {};
    if (reason === null && defined) return defined;
    throw new Error(reason ?? `"${id}" is not defined here`);
  }

  function open(id: SourceId, config: SourceConfig, userAgent: string, waits: Waits = {}): Source {
    const { source } = require(id);
    const { title, address, protocol } = source;
    const { configured, key, names } = ownerOf(source, settings);
    if (protocol === 'files') return openFolder(configured ?? '');
    if (protocol === 'page' || protocol === 'stash') throw new Error(`${title} creates no performers`);
    const isRest = protocol === 'theporndb';
    const url = isRest ? restAddress(configured, address ?? '') : graphqlAddress(configured ?? address ?? '');
    // An owner's file is the owner's word about the address, like a variable.
    const written = configured ?? (source.origin === 'owner' ? url : undefined);
    const fetcher = fetcherFor(url, written, pacedLimiter(id, config), userAgent, waits);
    const now = () => new Date(clock.now());
    if (isRest) return openThePornDb({ endpoint: { url, token: key, ...names }, fetcher, now });
    return openStashBox({ id, endpoint: { title, url, apiKey: key, ...names }, fetcher, now });
  }

  function openEnrich(id: SourceId, opening: EnrichOpening): EnrichSource {
    if (known.find(id)?.protocol === 'stash') return openOwnStash(id, opening);
    const site = openSite(id, opening);
    const { file = '' } = known.loaded.get(id) ?? {};
    const edition = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
    return openPageSource({ id, site, edition, tracker: opening.tracker ?? createYieldTracker() });
  }

  function openOwnStash(id: SourceId, { config, userAgent, onWait, stop }: EnrichOpening): EnrichSource {
    const { configured: url = '', key } = ownerOf(require(id).source, settings);
    const fetcher = fetcherFor(url, url, pacedLimiter(id, config), userAgent, { onWait, stop });
    return openStash({ url, apiKey: key, fetcher, boxes: boxHosts(known.all(), settings) });
  }

  function openSite(id: SourceId, { config, userAgent, onWait, stop, onWarning }: EnrichOpening): PageSite {
    const { source, page } = require(id);
    if (!page) throw new Error(`${source.title} is no reference site`);
    const { configured } = ownerOf(source, settings);
    const mirror: [string, string][] = configured ? [[page.site, new URL(configured).origin]] : [];
    const origins = new Map([...(deps.origins ?? []), ...mirror]);
    return openPageSite({
      definition: page,
      settings,
      limiter: pacedLimiter(id, config),
      clock,
      random: deps.random,
      userAgent,
      ...(config.respect_robots ? { robots } : {}),
      origins,
      onWait,
      stop,
      onWarning,
    });
  }

  function pacedLimiter(id: SourceId, { rate_limit, concurrency }: SourceConfig): Limiter {
    return limiterOf(id, { requestsPerMinute: rate_limit, concurrency });
  }

  function fetcherFor(
    url: string,
    configured: string | undefined,
    limiter: Limiter,
    userAgent: string,
    waits: Waits,
  ) {
    // An address that the owner wrote down may be private; the registry's own are held to the public internet.
    const allowedOrigins = new Set(configured ? [new URL(url).origin] : []);
    return createFetcher({
      clock,
      random: deps.random,
      limiter,
      userAgent,
      allowedOrigins,
      ...waits,
      isInteractive: deps.isInteractive,
    });
  }

  async function availabilityOf(id: SourceId): Promise<SourceAvailability> {
    const { source, page } = known.loaded.get(id)?.defined ?? {};
    const reason = whyNot(id, settings, known) ?? (page ? await reachability.whyNot(page) : null);
    if (reason === null && source?.protocol === 'files') return { id, ...(await surveyed(source)) };
    const note = source && borrowedName(source, settings)?.slice(0, REASON_MAX);
    return {
      id,
      available: reason === null,
      reason: reason?.slice(0, REASON_MAX) ?? null,
      ...(note && { note }),
    };
  }

  async function surveyed(source: SourceDefinition): Promise<Omit<SourceAvailability, 'id'>> {
    const { reason, note } = await survey(ownerOf(source, settings).configured ?? '');
    return { available: reason === null, reason: reason?.slice(0, REASON_MAX) ?? null, note };
  }

  return {
    known,
    availability: () => Promise.all(known.ids().map(availabilityOf)),
    open,
    openEnrich,
    openSite,
  };
}

/** As long as the contract allows. */
const REASON_MAX = 300;

/** Why this runner cannot use the source, or null; asks nobody. */
function whyNot(id: SourceId, settings: SourceSettings, known: KnownSources): string | null {
  const loaded = known.loaded.get(id);
  if (!loaded) return `there is no definition of "${id}" here`;
  if (!loaded.defined) return loaded.mistake ?? `${loaded.file} is not a valid definition`;
  const { source, page } = loaded.defined;
  const { protocol, key_variable: keyVariable, url_variable: urlVariable } = source;
  const { configured, key } = ownerOf(source, settings);
  if (protocol === 'files') return whyNoFolder(urlVariable ?? '', configured);
  if (page) return whyNoTransport(page, settings);
  // A Stash without a password has no key.
  if (protocol === 'stash') return configured ? null : `${urlVariable} is not set`;
  return keyVariable !== null && key === '' ? `${keyVariable} is not set` : null;
}

function whyNoFolder(variable: string, directory: string | undefined): string | null {
  if (!directory) return `${variable} is not set`;
  return existsSync(directory) ? null : `${variable} (${directory}) is not there: is it mounted?`;
}

/** What the owner has set for a source. */
function ownerOf(
  { key_variable: keyVariable, url_variable: urlVariable }: SourceDefinition,
  settings: SourceSettings,
) {
  return {
    configured: (urlVariable && settings(urlVariable)) || undefined,
    key: (keyVariable && settings(keyVariable)) ?? '',
    names: { keyVariable: keyVariable ?? 'the key', urlVariable: urlVariable ?? 'the address' },
  };
}

/** An address without a path means the box's usual one. */
function graphqlAddress(address: string): string {
  const url = new URL(address);
  return url.pathname === '/' ? new URL('/graphql', url).href : url.href;
}
