import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceId } from '@trainer/contract/sources';
import { loadDefinitions } from '../../src/sources/definition/load-definitions.ts';
import { joinWorlds, personOf, worldOfPerson } from '../sites/crowd.ts';
import { usualShape } from '../sites/site-performer.ts';
import { startChrome } from '../sites/start-chrome.ts';
import { startFlareSolverr } from '../sites/start-flaresolverr.ts';
import { startSite } from '../sites/start-site.ts';
import { startStashBox } from '../stash-box/start-stash-box.ts';
import { startThePornDb } from '../theporndb/start-theporndb.ts';
import type { Random } from '../world/random.ts';
import { hostileChrome, hostileSolver } from './browsers.ts';
import { changingBox } from './changing-box.ts';
import { changingFolder } from './changing-folder.ts';
import { changingListing } from './changing-listing.ts';
import { type HostKind, isPicture, outageAt } from './outages.ts';
import { HOSTILE_SITES, hostilePerson, pictureOf } from './people.ts';
import { createRandomStreams } from './random-streams.ts';
import {
  brokenBodies,
  failures,
  passOn,
  type ResponseFault,
  unusualAnswers,
  wrongPictures,
} from './response-faults.ts';
import { monstrousRobots } from './robots.ts';
import { type Asked, startHostileProxy } from './start-hostile-proxy.ts';

export interface HostileWorldOptions {
  seed: number;
  people: number;
  clock: { now(): number };
  /** A folder that the world may fill. */
  folder: string;
  userAgent: string;
  /** Pictures of 31 MB too, which cost time. */
  withHuge: boolean;
}

export type HostileWorld = Awaited<ReturnType<typeof startHostileWorld>>;

/**
 * Two stash-boxes, ThePornDB, four reference sites with their browsers and a folder, in which everything goes wrong that is known to
 * go wrong, by chance: the same seed decides the same.
 */
export async function startHostileWorld({
  seed,
  people,
  clock,
  folder,
  userAgent,
  withHuge,
}: HostileWorldOptions) {
  const streams = createRandomStreams(seed);
  const done = new Map<string, number>();
  const state = { isHostile: true, requests: 0, onRequest: (_count: number) => {} };
  const note = (name: string) => void done.set(name, (done.get(name) ?? 0) + 1);
  const opened: AsyncDisposable[] = [];
  const keep = <T extends AsyncDisposable>(server: T): T => {
    opened.push(server);
    return server;
  };
  const front = async (name: string, kind: HostKind, target: string) =>
    keep(
      await startHostileProxy({
        name,
        target,
        streams,
        userAgent,
        now: clock.now,
        onMischief: note,
        onRequest: () => state.onRequest(++state.requests),
        choose: (asked, chance) =>
          state.isHostile ? choose(asked, chance, name, kind) : { name: '', fault: passOn },
      }),
    );

  function choose(
    asked: Asked,
    chance: Random,
    host: string,
    kind: HostKind,
  ): { name: string; fault: ResponseFault } {
    const outage = outageAt(streams, host, kind, clock.now());
    const spoilt = outage?.fault(asked.path) ?? null;
    if (outage && spoilt) return { name: `${kind}: ${outage.name}`, fault: spoilt };
    if (asked.path === '/robots.txt' && chance.chance(0.5))
      return { name: 'monstrous robots.txt', fault: monstrousRobots };
    const from = pickFaults(asked, chance.next());
    const name = chance.pick(Object.keys(from));
    return { name, fault: from[name] ?? passOn };
  }

  const everybody = Array.from({ length: people }, (_, i) => hostilePerson(i + 1));
  const now = () => new Date(clock.now());
  const [trueStash, trueFans, porn] = [
    keep(await startStashBox({ clock: now })),
    keep(await startStashBox({ clock: now })),
    keep(await startThePornDb()),
  ];
  const [stashdb, fansdb, theporndb] = [
    await front('stashdb', 'stash-box', new URL(trueStash.url).origin),
    await front('fansdb', 'stash-box', new URL(trueFans.url).origin),
    await front('theporndb', 'theporndb', porn.url),
  ];
  const stash = changingBox('stashdb', trueStash, everybody, withHuge);
  const fans = changingBox(
    'fansdb',
    trueFans,
    everybody.filter(({ number }) => number % 2 === 0),
    withHuge,
  );
  const listing = changingListing(
    porn,
    everybody.filter(({ number }) => number % 4 === 0),
    theporndb.origin,
  );
  const photos = join(folder, 'photos');
  mkdirSync(photos);
  const nas = changingFolder(photos);

  const solver = keep(
    await startFlareSolverr(hostileSolver({ streams, isHostile: () => state.isHostile, onMischief: note })),
  );
  const chrome = keep(
    await startChrome(hostileChrome({ streams, isHostile: () => state.isHostile, onMischief: note })),
  );
  const origins = new Map<string, string>();
  for (const id of HOSTILE_SITES) {
    const definition = loadDefinitions(null).get(id)?.defined?.page;
    if (!definition) throw new Error(`there is no definition of ${id}`);
    const worlds = everybody.map(({ number }) => ({
      number,
      world: worldOfPerson(id, personOf(number), usualShape),
    }));
    const shown = new Map(
      worlds.flatMap(({ number, world }) => world.images.map((url) => [url, personOf(number).name])),
    );
    const show = (url: string) => pictureOf(shown.get(url) ?? '', url);
    const site = keep(
      await startSite({
        ...definition,
        world: joinWorlds(worlds.map(({ world }) => world)),
        picture: show,
        now: clock.now,
      }),
    );
    for (const [from, target] of site.origins) origins.set(from, (await front(from, 'site', target)).origin);
  }

  const changers = [stash, stash, fans, listing, nas];
  const has: Partial<Record<SourceId, (id: string) => boolean>> = {
    stashdb: stash.has,
    fansdb: fans.has,
    theporndb: listing.has,
    folder: nas.has,
  };
  const settings: Record<string, string> = {
    STASHDB_API_KEY: trueStash.apiKey,
    STASHDB_URL: `${stashdb.origin}/graphql`,
    FANSDB_API_KEY: trueFans.apiKey,
    FANSDB_URL: `${fansdb.origin}/graphql`,
    THEPORNDB_API_KEY: porn.token,
    THEPORNDB_URL: theporndb.origin,
    FOLDER_DIR: photos,
    FLARESOLVERR_URL: solver.origin,
    CHROME_CDP_URL: chrome.url,
  };
  return {
    streams,
    settings,
    origins,
    creators: ['stashdb', 'fansdb', 'theporndb', 'folder'] satisfies SourceId[],
    sites: HOSTILE_SITES,
    /** What was done, and how often. */
    done,
    requests: () => state.requests,
    /** Called with the number of each request to a source. */
    onRequest: (listener: (count: number) => void) => void Object.assign(state, { onRequest: listener }),
    /** Something happens at one of the sources. */
    change(chance: Random) {
      const name = chance.pick([...changers.map((_, i) => i), changers.length]);
      if (name === changers.length) solver.killBrowsers();
      note(`change: ${changers[name]?.change(chance) ?? 'all browsers of FlareSolverr die'}`);
    },
    /** Whether a source that creates performers has this one now. */
    has: (source: string, id: string) =>
      Object.entries(has).find(([of]) => of === source)?.[1]?.(id) ?? false,
    /** From now on nothing goes wrong. */
    calm() {
      Object.assign(state, { isHostile: false, onRequest: () => {} });
      stash.mend();
      fans.mend();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

/** Four in a hundred requests fail in a way, and as many in another; a few more answers are only odd. */
function pickFaults({ path, byBrowser }: Asked, roll: number): Readonly<Record<string, ResponseFault>> {
  if (roll < 0.04) return failures;
  // A browser undoes codings by itself, and the fake ones cannot bear what they do not expect.
  if (byBrowser) return nothing;
  if (roll < 0.08) return brokenBodies;
  if (roll < 0.1 && isPicture(path)) return wrongPictures;
  return roll < 0.3 ? unusualAnswers : nothing;
}

const nothing = { '': passOn };
