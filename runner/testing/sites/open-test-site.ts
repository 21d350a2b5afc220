import { createLimiter } from '../../src/http/limiter.ts';
import { createRobotsCache } from '../../src/http/robots-cache.ts';
import type { PageMemory, ReadPage } from '../../src/sources/base/enrich-source.ts';
import { loadDefinitions } from '../../src/sources/definition/load-definitions.ts';
import type { SiteDefinition } from '../../src/sources/page/definition/definition.ts';
import type { LookUpOptions } from '../../src/sources/page/look-up.ts';
import type { KnownPerformer } from '../../src/sources/page/names/same-performer.ts';
import { openPageSite } from '../../src/sources/page/open-page-site.ts';
import type { PageImage } from '../../src/sources/page/reading/read-images.ts';
import { startWebServer } from '../start-web-server.ts';
import { virtualClock } from '../virtual-clock.ts';
import type { Faults } from './faults.ts';
import { miraSolano, type Shape, type SiteWorld, usualShape } from './site-performer.ts';
import { siteWorlds } from './site-worlds.ts';
import { type ChromeFaults, startChrome } from './start-chrome.ts';
import { type SolverFaults, startFlareSolverr } from './start-flaresolverr.ts';
import { startSite } from './start-site.ts';

export interface TestSiteOptions {
  shape?: Partial<Shape>;
  faults?: Faults;
  /** Changes the definition, or the site. */
  redefine?: (definition: SiteDefinition) => SiteDefinition;
  rebuild?: (world: SiteWorld) => SiteWorld;
  /** Her page leads to a site of somebody else. */
  leadsAway?: boolean;
  /** FlareSolverr as a fallback too. */
  withSolver?: boolean;
  solver?: SolverFaults;
  chrome?: ChromeFaults;
  picture?: (url: string) => Uint8Array;
}

/** One of the ten sites on loopback, and the engine in front of it with the transport that it needs. */
export async function openTestSite(id: string, options: TestSiteOptions = {}) {
  const built = loadDefinitions(null).get(id)?.defined?.page;
  const make = siteWorlds[id];
  if (!built || !make) throw new Error(`there is no site ${id}`);
  const definition = options.redefine?.(built) ?? built;
  const made = make(miraSolano, { ...usualShape, ...options.shape });
  const world = options.rebuild?.(made) ?? made;
  const picture = options.picture ?? (() => Buffer.alloc(2_000, 'x'));
  const away = options.leadsAway
    ? await startWebServer((_, response) => void response.end('<h1>Buy!</h1>'))
    : null;
  const faults = { ...options.faults, ...(away ? { leadsTo: `${away.origin}/` } : {}) };
  const server = await startSite({ ...definition, world, picture, faults });
  const needsSolver = options.withSolver || definition.transport.use === 'flaresolverr';
  const solver = needsSolver ? await startFlareSolverr(options.solver) : null;
  const chrome = definition.transport.use === 'chrome' ? await startChrome(options.chrome) : null;
  const clock = virtualClock();
  const warnings: string[] = [];
  const waits: string[] = [];
  const site = openPageSite({
    definition,
    settings: (variable) => ({ FLARESOLVERR_URL: solver?.origin, CHROME_CDP_URL: chrome?.url })[variable],
    limiter: createLimiter(clock, { requestsPerMinute: 6_000_000, concurrency: 1 }),
    clock,
    random: () => 0,
    userAgent: 'trainer-test/1 (+mailto:owner@example.org)',
    robots: createRobotsCache(clock),
    origins: new Map([
      ...server.origins,
      ...(away ? [['https://elsewhere.example', away.origin] as const] : []),
    ]),
    onWarning: (message) => warnings.push(message),
    onWait: (message) => waits.push(message),
  });
  const signal = new AbortController().signal;
  return {
    ...server,
    definition,
    world,
    solver,
    chrome,
    clock,
    site,
    warnings,
    waits,
    byUrl: (options: Partial<LookUpOptions> = {}) =>
      site.lookUp(knownAs({ urls: [world.storedUrl] }), { mode: 'url', signal, ...options }),
    byName: (known: Partial<KnownPerformer> = {}) => site.lookUp(knownAs(known), { mode: 'name', signal }),
    fetch: (image: PageImage) => site.fetchImage(image, { etag: null, lastModified: null }, signal),
    async [Symbol.asyncDispose]() {
      await site.close();
      await away?.[Symbol.asyncDispose]();
      await solver?.[Symbol.asyncDispose]();
      await chrome?.[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The performer as the catalog holds her. */
export function knownAs(known: Partial<KnownPerformer> = {}): KnownPerformer {
  const { name, birthYear } = miraSolano;
  return { name, aliases: [], urls: [], gender: 'FEMALE', birthYear, ...known };
}

/** What an earlier look-up leaves behind. */
export function rememberPages(read: readonly ReadPage[]): PageMemory {
  const pages = new Map(read.map((page) => [page.url, page]));
  return { known: (url) => pages.get(url) ?? null, kept: () => null, keep: async () => {} };
}
