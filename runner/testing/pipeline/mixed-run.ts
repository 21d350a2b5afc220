import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { configOfSource, configSchema } from '@trainer/contract/config';
import { shippedSources } from '@trainer/contract/shipped-sources';
import type { SourceId } from '@trainer/contract/sources';
import { measureTraffic, type SiteTraffic } from '../sites/measure-traffic.ts';
import { isLinkedTo, isOnSite, mixedFaults } from '../sites/mixed-crowd.ts';
import { type Crowd, crowdOf } from './enrich-world.ts';

export const pageSites = shippedSources.filter(({ protocol }) => protocol === 'page').map(({ id }) => id);

export interface SiteReport extends SiteTraffic {
  site: SourceId;
  /** How its task ended: a word, or the reason of its failure. */
  outcome: string;
  /** What the configuration allows. */
  allowedPerMinute: number;
  performers: number;
  faces: number;
  /** Pages and images that the second run got of performers of whom nothing had changed. */
  again: string[];
  /** What the second run asked for at all. */
  secondRequests: number;
}

/**
 * Enriches many people from ten sites at once, with things going wrong: the process is killed in the middle (SIGKILL), another goes
 * on, and later a second run follows on a world in which one page per site has changed.
 */
export async function runMixed(people: number): Promise<SiteReport[]> {
  await using crowd = await crowdOf({
    people,
    sites: pageSites,
    isOn: isOnSite,
    isLinked: isLinkedTo,
    shape: { pictures: 2, galleries: 2, perGallery: 1 },
    faults: mixedFaults,
  });
  await killInTheMiddle(crowd, people);
  const killedAt = pageSites.map((site) => crowd.sites.get(site)?.asked.length ?? 0);
  const outcomes = await finishRun(crowd, 1);
  const first = pageSites.map((site, i) => trafficAt(crowd, site, killedAt[i] ?? 0));
  const counts = pageSites.map((site) => crowd.sites.get(site)?.asked.length ?? 0);
  const changed = pageSites.map((site) => changePage(crowd, site));
  await finishRun(crowd, 2);
  const config = configSchema.parse({});
  return Promise.all(
    pageSites.map(async (site, i) => {
      const second = (crowd.sites.get(site)?.asked ?? []).slice(counts[i]);
      const wasOff = ({ url }: { url: string }) => url.endsWith('/robots.txt') || isFrontPage(url);
      return {
        site,
        outcome: outcomes[i] ?? '',
        ...(first[i] ?? { requests: 0, perMinute: 0, repeated: [] }),
        allowedPerMinute: configOfSource(config, site).rate_limit,
        performers: await performersOf(crowd, site),
        faces: await facesFrom(crowd, site),
        again: second
          .filter((each) => each.status === 200 && !wasOff(each) && !isOneOf(each.url, changed[i]))
          .map(({ url }) => url),
        secondRequests: second.length,
      };
    }),
  );
}

/** All sites at once in a process of its own, until a third of the work is done; then it is killed. */
async function killInTheMiddle(crowd: Crowd, people: number): Promise<void> {
  const script = fileURLToPath(new URL('./enrich-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ ...crowd.place, sites: pageSites })], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  const asked = () => [...crowd.sites.values()].reduce((sum, site) => sum + site.asked.length, 0);
  while (asked() < people * 5 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  const [code] = await ended;
  if (code !== null) throw new Error(`the process that was to be killed ended with ${code}`);
}

async function finishRun(crowd: Crowd, run: number): Promise<string[]> {
  const start = crowd.begin();
  const ended = await Promise.allSettled(pageSites.map((site) => start(site, { run })));
  return ended.map((each) => (each.status === 'fulfilled' ? each.value.outcome : String(each.reason)));
}

/** The pace is that of the process which went on: the other one had a clock of its own. */
function trafficAt(crowd: Crowd, site: SourceId, killedAt: number): SiteTraffic {
  const { asked = [], pages = new Map() } = crowd.sites.get(site) ?? {};
  // A browser opens the front page once per session, before anything else.
  const paths = new Set([...pages.keys()].filter((path) => path !== '/'));
  const { perMinute } = measureTraffic(asked.slice(killedAt), paths);
  return { ...measureTraffic(asked, paths), perMinute };
}

/** Changes the first performer's page. @returns the paths of everything that the site has of that performer */
function changePage(crowd: Crowd, site: SourceId): string[] {
  const pages = crowd.sites.get(site)?.pages ?? new Map<string, string>();
  const [first] = [...(crowd.worlds.get(site)?.values() ?? [])];
  const path = first?.page ?? '';
  pages.set(path, `${pages.get(path) ?? ''}<!-- changed -->`);
  return [...(first?.pages.keys() ?? [])];
}

function isOneOf(url: string, paths: readonly string[] = []): boolean {
  const { pathname, search } = new URL(url);
  return paths.includes(pathname + search);
}

function isFrontPage(url: string): boolean {
  return new URL(url).pathname === '/';
}

async function performersOf({ catalog }: Crowd, site: SourceId): Promise<number> {
  const { rows } = await catalog.client.execute({
    sql: 'SELECT count(*) AS n FROM look_ups WHERE source = ?',
    args: [site],
  });
  return Number(rows[0]?.n);
}

async function facesFrom({ catalog }: Crowd, site: SourceId): Promise<number> {
  const { rows } = await catalog.client.execute({
    sql: 'SELECT count(*) AS n FROM faces JOIN images ON images.id = image_id WHERE source = ? AND accepted = 1',
    args: [site],
  });
  return Number(rows[0]?.n);
}
