import { hyphened, type Shape, type SitePerformer, type SiteWorld } from './site-performer.ts';
import { siteWorlds } from './site-worlds.ts';

const FIRST =
  'Ada Bea Cleo Dora Elin Fay Gwen Hera Ida Juno Kaja Lena Mona Nora Olga Pia Rosa Sina Tara Vera'.split(' ');
const SYLLABLES = 'bar dol fen gal hol jan kel lor mer nov pal ras sel tor vin wes zan lun mik ost'.split(
  ' ',
);

/** Somebody who does not exist; another number, another person. */
export function personOf(number: number): SitePerformer {
  const [a, b, c] = [number % 20, Math.floor(number / 20) % 20, Math.floor(number / 400) % 20];
  const family = [SYLLABLES[a], SYLLABLES[b], SYLLABLES[c]].join('');
  const name = `${FIRST[(a + b + c) % 20]} ${family[0]?.toUpperCase()}${family.slice(1)}`;
  return {
    name,
    alias: `${name.split(' ')[0]} Example`,
    birthName: `Secret ${number}`,
    birthYear: 1980 + (number % 20),
    number: 10_000 + number,
    uuid: `0b1f6a54-2d0c-4c63-9a41-${String(number).padStart(12, '0')}`,
    handle: `${hyphened(name).replace('-', '')}${number}`,
  };
}

/** What a site has of somebody, with addresses that are nobody else's. */
export function worldOfPerson(site: string, who: SitePerformer, shape: Shape): SiteWorld {
  const make = siteWorlds[site];
  if (!make) throw new Error(`there is no site ${site}`);
  const world = make(who, shape);
  const own = (text: string) =>
    ownNumbers[site]?.reduce((result, [shared, ours]) => result.replaceAll(shared, ours(who)), text) ?? text;
  return {
    ...world,
    storedUrl: own(world.storedUrl),
    page: own(world.page),
    pages: new Map([...world.pages].map(([path, page]) => [own(path), own(page)])),
    images: world.images.map(own),
  };
}

type Replacement = [shared: string, ours: (who: SitePerformer) => string];

/** Numbers of galleries and files that the sites' worlds share, for there is one person in each. */
const ownNumbers: Record<string, Replacement[]> = {
  babepedia: [['Set-9', ({ number }) => `Set-${number}`]],
  boobpedia: [['/Mira', ({ number }) => `/Mira${number}x`]],
  elitebabes: [
    ['by-the-sea-', ({ number }) => `by-the-sea-${number}-`],
    ['/content/2400', ({ number }) => `/content/${number}`],
    ['/content/2409', ({ number }) => `/content/${number}9`],
  ],
  freeones: [['/photo/sig', ({ number }) => `/photo/sig${number}x`]],
  indexxx: [['Mira-Solano', ({ name }) => name.replace(' ', '-')]],
  pornpics: [['100000', ({ number }) => `${number}0`]],
  thenude: [['Mira-Solano', ({ name }) => name.replace(' ', '-')]],
};

/** One site with all of them on it. */
export function joinWorlds(worlds: readonly SiteWorld[]): SiteWorld & { pages: Map<string, string> } {
  const [first] = worlds;
  if (!first) throw new Error('a site needs somebody');
  return {
    storedUrl: first.storedUrl,
    // Nobody's page in particular.
    page: '/-',
    pages: new Map(worlds.flatMap(({ pages }) => [...pages])),
    images: worlds.flatMap(({ images }) => [...images]),
    nobody: first.nobody,
  };
}
