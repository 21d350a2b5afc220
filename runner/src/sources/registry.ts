import { existsSync } from 'node:fs';
import type { SourceConfig } from '@trainer/shared/config';
import type { SourceAvailability } from '@trainer/shared/leases';
import { type SourceEntry, type SourceId, sourceEntry, sourceIds } from '@trainer/shared/sources';
import type { Clock } from '../http/clock.ts';
import { createFetcher } from '../http/fetcher.ts';
import { createLimiters, type Limiter } from '../http/limiter.ts';
import { openFolder } from './folder/open-folder.ts';
import type { Source } from './source.ts';
import { openStashBox } from './stash-box/open-stash-box.ts';

/** The runner's environment, as far as sources go: keys and addresses by variable. */
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
  const limiterOf = createLimiters(deps.clock);

  function open(id: SourceId, config: SourceConfig, userAgent: string): Source {
    const reason = whyNot(id, deps.settings);
    if (reason !== null) throw new Error(reason);
    const { protocol } = sourceEntry(id);
    if (protocol === 'files') return openFolder(deps.settings('FOLDER_DIR') ?? '');
    const pace = { requestsPerMinute: config.rate_limit, concurrency: config.concurrency };
    return openBox(id, limiterOf(id, pace), userAgent);
  }

  function openBox(id: SourceId, limiter: Limiter, userAgent: string): Source {
    const entry = sourceEntry(id);
    const url = addressOf(entry, deps.settings);
    const fetcher = createFetcher({
      ...deps,
      limiter,
      userAgent,
      allowedOrigins: configuredOrigins(entry, deps.settings),
    });
    const endpoint = {
      title: entry.title,
      url,
      apiKey: deps.settings(entry.keyVariable ?? '') ?? '',
      keyVariable: entry.keyVariable ?? '',
      urlVariable: entry.urlVariable ?? '',
    };
    return openStashBox({ id, endpoint, fetcher, now: () => new Date(deps.clock.now()) });
  }

  return {
    availability: () =>
      sourceIds.map((id) => {
        const reason = whyNot(id, deps.settings);
        return { id, available: reason === null, reason };
      }),
    open,
  };
}

/** Why this runner cannot use the source, or null. */
function whyNot(id: SourceId, settings: SourceSettings): string | null {
  const entry = sourceEntry(id);
  if (entry.protocol === 'files') return whyNoFolder(settings('FOLDER_DIR'));
  if (entry.protocol !== 'stash-box') return 'this runner has no adapter for it yet';
  if (entry.keyVariable && !settings(entry.keyVariable)) return `${entry.keyVariable} is not set`;
  const url = URL.parse(addressOf(entry, settings));
  if (!url || !/^https?:$/.test(url.protocol)) return `${entry.urlVariable} is not a web address`;
  return null;
}

function whyNoFolder(directory: string | undefined): string | null {
  if (!directory) return 'FOLDER_DIR is not set';
  return existsSync(directory) ? null : `FOLDER_DIR (${directory}) is not there: is it mounted?`;
}

/** The GraphQL endpoint; an override may leave out the path. */
function addressOf({ url, urlVariable }: SourceEntry, settings: SourceSettings): string {
  const address = settings(urlVariable ?? '') || url || '';
  return URL.parse(address)?.pathname === '/' ? new URL('/graphql', address).href : address;
}

/** An address that the owner wrote down may be private; the registry's own are held to the public internet. */
function configuredOrigins({ urlVariable }: SourceEntry, settings: SourceSettings): Set<string> {
  const url = URL.parse(settings(urlVariable ?? '') ?? '');
  return new Set(url ? [url.origin] : []);
}
