import { existsSync } from 'node:fs';
import type { SourceConfig } from '@trainer/shared/config';
import type { SourceAvailability } from '@trainer/shared/leases';
import { type SourceId, sourceEntry, sourceIds } from '@trainer/shared/sources';
import type { Clock } from '../http/clock.ts';
import { createFetcher } from '../http/fetcher.ts';
import { createLimiters, type Limiter } from '../http/limiter.ts';
import { openFolder } from './folder/open-folder.ts';
import type { Source } from './source.ts';
import { openStashBox } from './stash-box/open-stash-box.ts';
import { openThePornDb } from './theporndb/open-theporndb.ts';
import { restAddress } from './theporndb/rest-address.ts';

/** The owner's environment, as far as sources go: keys, addresses and folders by variable. */
export type SourceSettings = (variable: string) => string | undefined;

export interface SourceRegistry {
  /** Every source of the shared registry, and why it cannot be used here. */
  availability(): SourceAvailability[];
  /** @throws Error with the reason when the source is not available */
  open(id: SourceId, config: SourceConfig, userAgent: string): Source;
}

export interface RegistryDeps {
  settings: SourceSettings;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
}

/** Which sources this runner can serve, and how to open them. */
export function createSourceRegistry(deps: RegistryDeps): SourceRegistry {
  const { settings } = deps;
  const limiterOf = createLimiters(deps.clock);

  function open(id: SourceId, config: SourceConfig, userAgent: string): Source {
    const reason = whyNot(id, settings);
    if (reason !== null) throw new Error(reason);
    if (sourceEntry(id).protocol === 'files') return openFolder(settings('FOLDER_DIR') ?? '');
    const pace = { requestsPerMinute: config.rate_limit, concurrency: config.concurrency };
    return openBox(id, limiterOf(id, pace), userAgent);
  }

  function openBox(id: SourceId, limiter: Limiter, userAgent: string): Source {
    const { title, url: usual, protocol, keyVariable, urlVariable } = sourceEntry(id);
    const configured = settings(urlVariable ?? '');
    const isRest = protocol === 'theporndb';
    const url = isRest ? restAddress(configured, usual ?? '') : graphqlAddress(configured ?? usual ?? '');
    // An address that the owner wrote down may be private; the registry's own are held to the public internet.
    const allowedOrigins = new Set(configured ? [new URL(url).origin] : []);
    const key = settings(keyVariable ?? '') ?? '';
    const names = { keyVariable: keyVariable ?? 'the key', urlVariable: urlVariable ?? 'the address' };
    const fetcher = createFetcher({ ...deps, limiter, userAgent, allowedOrigins });
    const now = () => new Date(deps.clock.now());
    if (isRest) return openThePornDb({ endpoint: { url, token: key, ...names }, fetcher, now });
    return openStashBox({ id, endpoint: { title, url, apiKey: key, ...names }, fetcher, now });
  }

  return {
    availability: () =>
      sourceIds.map((id) => {
        const reason = whyNot(id, settings);
        return { id, available: reason === null, reason };
      }),
    open,
  };
}

/** Why this runner cannot use the source, or null. */
function whyNot(id: SourceId, settings: SourceSettings): string | null {
  const { protocol, keyVariable } = sourceEntry(id);
  if (protocol === 'files') return whyNoFolder(settings('FOLDER_DIR'));
  if (protocol !== 'stash-box' && protocol !== 'theporndb') return 'this runner has no adapter for it yet';
  return keyVariable !== null && !settings(keyVariable) ? `${keyVariable} is not set` : null;
}

function whyNoFolder(directory: string | undefined): string | null {
  if (!directory) return 'FOLDER_DIR is not set';
  return existsSync(directory) ? null : `FOLDER_DIR (${directory}) is not there: is it mounted?`;
}

/** An address without a path means the box's usual one. */
function graphqlAddress(address: string): string {
  const url = new URL(address);
  return url.pathname === '/' ? new URL('/graphql', url).href : url.href;
}
