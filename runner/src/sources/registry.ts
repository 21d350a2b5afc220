import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { SourceConfig } from '@trainer/shared/config';
import type { SourceAvailability } from '@trainer/shared/leases';
import { type SourceId, sourceEntry, sourceIds } from '@trainer/shared/sources';
import type { Clock } from '../http/clock.ts';
import { createFetcher, type FetcherOptions } from '../http/fetcher.ts';
import { createLimiters, type Limiter } from '../http/limiter.ts';
import { createRobotsBook } from '../http/robots-book.ts';
import type { EnrichSource } from './enrich-source.ts';
import { openFolder } from './folder/open-folder.ts';
import { createSurvey } from './folder/survey-folder.ts';
import { availability as pageAvailability } from './page/availability.ts';
import { type LoadedDefinition, loadDefinitions } from './page/definition/load-definitions.ts';
import { createYieldTracker, type YieldTracker } from './page/drift/yield-tracker.ts';
import { openPageSite, type PageSite } from './page/open-page-site.ts';
import { openPageSource } from './page/open-page-source.ts';
import { createReach } from './reach.ts';
import type { Source } from './source.ts';
import { boxHosts } from './stash/box-hosts.ts';
import { openStash } from './stash/open-stash.ts';
import { openStashBox } from './stash-box/open-stash-box.ts';
import { openThePornDb } from './theporndb/open-theporndb.ts';
import { restAddress } from './theporndb/rest-address.ts';

/** The owner's environment, as far as sources go: keys, addresses and folders by variable. */
export type SourceSettings = (variable: string) => string | undefined;

export interface SourceRegistry {
  /**
   * Every source of the shared registry, and why it cannot be used here. Asks a FlareSolverr or Chrome that is configured
   * whether it is there, at most once a minute, and counts what is in the folder, at most once in 10 minutes.
   */
  availability(): Promise<SourceAvailability[]>;
  /** @throws Error with the reason when the source is not available, or does not create performers */
  open(id: SourceId, config: SourceConfig, userAgent: string, waits?: Waits): Source;
  /** @throws Error with the reason when the source is not available, or only creates performers */
  openEnrich(id: SourceId, opening: EnrichOpening): EnrichSource;
  /** @throws Error with the reason when the source is not available, or is no reference site */
  openSite(id: SourceId, opening: EnrichOpening): PageSite;
  /** How a reference site is read; undefined for other sources. */
  definition(id: SourceId): LoadedDefinition | undefined;
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
  isHurried?: boolean;
  /** Where the owner keeps definitions of their own; none when left out. */
  definitionsDir?: string;
  /** Origins to ask in the place of a site's own, for a mirror or a test; they may be private. */
  origins?: ReadonlyMap<string, string>;
}

/** Which sources this runner can serve, and how to open them. */
export function createSourceRegistry(deps: RegistryDeps): SourceRegistry {
  const { settings, clock } = deps;
  const limiterOf = createLimiters(clock);
  const robots = createRobotsBook(clock);
  const definitions = loadDefinitions(deps.definitionsDir ?? null);
  const reach = createReach(settings, clock);
  const survey = createSurvey(clock);

  function refuse(id: SourceId): void {
    const reason = whyNot(id, settings, definitions);
    if (reason !== null) throw new Error(reason);
  }

  function open(id: SourceId, config: SourceConfig, userAgent: string, waits: Waits = {}): Source {
    refuse(id);
    const { title, url: usual, protocol } = sourceEntry(id);
    if (protocol === 'files') return openFolder(settings('FOLDER_DIR') ?? '');
    if (protocol === 'page' || protocol === 'stash') throw new Error(`${title} creates no performers`);
    const isRest = protocol === 'theporndb';
    const { configured, key, names } = ownerOf(id, settings);
    const url = isRest ? restAddress(configured, usual ?? '') : graphqlAddress(configured ?? usual ?? '');
    const fetcher = fetcherFor(url, configured, pacedLimiter(id, config), userAgent, waits);
    const now = () => new Date(clock.now());
    if (isRest) return openThePornDb({ endpoint: { url, token: key, ...names }, fetcher, now });
    return openStashBox({ id, endpoint: { title, url, apiKey: key, ...names }, fetcher, now });
  }

  function openEnrich(id: SourceId, opening: EnrichOpening): EnrichSource {
    if (sourceEntry(id).protocol === 'stash') return openOwnStash(id, opening);
    const site = openSite(id, opening);
    const { file = '' } = definitions.get(id) ?? {};
    const edition = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
    return openPageSource({ id, site, edition, tracker: opening.tracker ?? createYieldTracker() });
  }

  function openOwnStash(id: SourceId, { config, userAgent, onWait, stop }: EnrichOpening): EnrichSource {
    refuse(id);
    const { configured: url = '', key } = ownerOf(id, settings);
    const fetcher = fetcherFor(url, url, pacedLimiter(id, config), userAgent, { onWait, stop });
    return openStash({ url, apiKey: key, fetcher, boxes: boxHosts(settings) });
  }

  function openSite(id: SourceId, { config, userAgent, onWait, stop, onWarning }: EnrichOpening): PageSite {
    refuse(id);
    const definition = definitions.get(id)?.definition;
    if (!definition) throw new Error(`${sourceEntry(id).title} is no reference site`);
    return openPageSite({
      definition,
      settings,
      limiter: pacedLimiter(id, config),
      clock,
      random: deps.random,
      userAgent,
      ...(config.respect_robots ? { robots } : {}),
      ...(deps.origins ? { origins: deps.origins } : {}),
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
      isHurried: deps.isHurried,
    });
  }

  async function availabilityOf(id: SourceId): Promise<SourceAvailability> {
    const definition = definitions.get(id)?.definition;
    const reason = whyNot(id, settings, definitions) ?? (definition ? await reach.whyNot(definition) : null);
    if (reason === null && sourceEntry(id).protocol === 'files') return { id, ...(await surveyed()) };
    return { id, available: reason === null, reason };
  }

  async function surveyed(): Promise<Omit<SourceAvailability, 'id'>> {
    const { reason, note } = await survey(settings('FOLDER_DIR') ?? '');
    return { available: reason === null, reason: reason?.slice(0, 300) ?? null, note };
  }

  return {
    availability: () => Promise.all(sourceIds.map(availabilityOf)),
    open,
    openEnrich,
    openSite,
    definition: (id) => (sourceEntry(id).protocol === 'page' ? definitions.get(id) : undefined),
  };
}

/** Why this runner cannot use the source, or null; asks nobody. */
function whyNot(
  id: SourceId,
  settings: SourceSettings,
  definitions: ReadonlyMap<string, LoadedDefinition>,
): string | null {
  const { protocol, keyVariable, urlVariable } = sourceEntry(id);
  if (protocol === 'files') return whyNoFolder(settings('FOLDER_DIR'));
  if (protocol === 'page') return pageAvailability(definitions.get(id), settings);
  // A Stash without a password has no key.
  if (protocol === 'stash') return settings(urlVariable ?? '') ? null : `${urlVariable} is not set`;
  return keyVariable !== null && !settings(keyVariable) ? `${keyVariable} is not set` : null;
}

function whyNoFolder(directory: string | undefined): string | null {
  if (!directory) return 'FOLDER_DIR is not set';
  return existsSync(directory) ? null : `FOLDER_DIR (${directory}) is not there: is it mounted?`;
}

/** What the owner has set for a source. */
function ownerOf(id: SourceId, settings: SourceSettings) {
  const { keyVariable, urlVariable } = sourceEntry(id);
  return {
    configured: settings(urlVariable ?? '') || undefined,
    key: settings(keyVariable ?? '') ?? '',
    names: { keyVariable: keyVariable ?? 'the key', urlVariable: urlVariable ?? 'the address' },
  };
}

/** An address without a path means the box's usual one. */
function graphqlAddress(address: string): string {
  const url = new URL(address);
  return url.pathname === '/' ? new URL('/graphql', url).href : url.href;
}
