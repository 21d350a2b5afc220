import type { Random } from './random.ts';

/** Somebody in the generated world, as nobody knows them: everything that is true of them. */
export interface Person {
  number: number;
  gender: 'FEMALE' | 'MALE' | 'TRANSGENDER_FEMALE';
  country: string;
  /** `YYYY-MM-DD` */
  birthDate: string;
  /** Stage names, the usual one first. */
  names: string[];
  /** Where they are found, by kind of site; each address is theirs alone unless they share it with a partner. */
  profiles: Profile[];
}

export interface Profile {
  kind: ProfileKind;
  url: string;
}

/** Share of people who have a profile there. */
const PROFILE_RATES = {
  iafd: 0.35,
  iafdUuid: 0.2,
  imdb: 0.08,
  wikidata: 0.06,
  twitter: 0.45,
  instagram: 0.35,
  onlyfans: 0.3,
  fansly: 0.06,
  pornhub: 0.25,
  freeones: 0.3,
  babepedia: 0.3,
  indexxx: 0.4,
  afdb: 0.15,
  data18: 0.2,
  thenude: 0.15,
  tiktok: 0.08,
  wikipedia: 0.04,
  linktree: 0.2,
} as const;
export type ProfileKind = keyof typeof PROFILE_RATES;
export const profileKinds: readonly ProfileKind[] = Object.keys(PROFILE_RATES).filter(isProfileKind);

function isProfileKind(value: string): value is ProfileKind {
  return Object.hasOwn(PROFILE_RATES, value);
}

const COUNTRIES = 'US US US US US GB CZ CZ HU RU RU DE FR ES IT CA AU BR CO UA PL RO JP JP'.split(' ');
const ALIAS_COUNTS = [0, 0, 1, 1, 2, 3, 5];
const ONE_WORD_NAMES = 0.04;
/** As if by a bad fairy: the name, the country and the birth year of somebody else. */
const DOUBLES = 0.004;
const COUPLES = 0.01;

export function makePeople(count: number, random: Random): Person[] {
  const names = makeNames(random);
  const people: Person[] = [];
  for (let number = 0; number < count; number++) {
    const person = makePerson(number, names, random);
    const before = people.at(-1 - random.int(50));
    if (before && random.chance(DOUBLES)) makeDouble(person, before);
    person.profiles = makeProfiles(person, random);
    if (before && random.chance(COUPLES)) shareAccount(person, before);
    people.push(person);
  }
  return people;
}

function makePerson(number: number, names: NamePool, random: Random): Person {
  const gender = random.chance(0.8) ? 'FEMALE' : random.chance(0.9) ? 'MALE' : 'TRANSGENDER_FEMALE';
  const aliases = random.pick(ALIAS_COUNTS);
  return {
    number,
    gender,
    country: random.pick(COUNTRIES),
    birthDate: makeDate(random),
    names: Array.from({ length: 1 + aliases }, () => makeName(names, random)),
    profiles: [],
  };
}

function makeDouble(person: Person, of: Person): void {
  person.names[0] = of.names[0] ?? '';
  person.country = of.country;
  person.birthDate = of.birthDate.slice(0, 4) + person.birthDate.slice(4);
}

function shareAccount(person: Person, partner: Person): void {
  const shared = partner.profiles.find(({ kind }) => kind === 'onlyfans' || kind === 'twitter');
  if (shared) person.profiles = [...person.profiles.filter(({ kind }) => kind !== shared.kind), shared];
}

function makeDate(random: Random): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${1965 + random.int(40)}-${two(1 + random.int(12))}-${two(1 + random.int(28))}`;
}

interface NamePool {
  first: string[];
  last: string[];
}

/** Invented names, of syllables. */
function makeNames(random: Random): NamePool {
  const syllables = 'ka mi lo ra ne sa vi to be lu ari eno da shi fa zu ole my ta ri'.split(' ');
  const word = (parts: number) => {
    const text = Array.from({ length: parts }, () => random.pick(syllables)).join('');
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const many = (count: number, parts: () => number) => [
    ...new Set(Array.from({ length: count }, () => word(parts()))),
  ];
  return { first: many(700, () => 2 + random.int(2)), last: many(2_500, () => 2 + random.int(3)) };
}

function makeName({ first, last }: NamePool, random: Random): string {
  const name = random.pickSkewed(first);
  return random.chance(ONE_WORD_NAMES) ? name : `${name} ${random.pickSkewed(last)}`;
}

function makeProfiles(person: Person, random: Random): Profile[] {
  const slug = (person.names[0] ?? '').toLowerCase().replaceAll(' ', '-');
  const handle = `${slug.replaceAll('-', '')}${random.chance(0.4) ? '' : random.int(1_000)}x${person.number}`;
  return profileKinds
    .filter((kind) => random.chance(PROFILE_RATES[kind]))
    .map((kind) => ({ kind, url: addressOf(kind, { slug, handle, number: person.number, random }) }));
}

interface Naming {
  slug: string;
  handle: string;
  number: number;
  random: Random;
}

function addressOf(kind: ProfileKind, { slug, handle, number, random }: Naming): string {
  const padded = String(number).padStart(12, '0');
  // Where a name is taken already the site mostly adds something to it, and sometimes puts two people on one page.
  const page = random.chance(0.75) ? `${slug}-${number}` : slug;
  switch (kind) {
    case 'iafd':
      return `https://www.iafd.com/person.rme/perfid=${handle}/gender=f/${slug}.htm`;
    case 'iafdUuid':
      return `https://www.iafd.com/person.rme/id=1afd0000-0000-4000-8000-${padded}`;
    case 'imdb':
      return `https://www.imdb.com/name/nm${padded}/`;
    case 'wikidata':
      return `https://www.wikidata.org/wiki/Q${number + 1}`;
    case 'twitter':
      return random.chance(0.5) ? `https://twitter.com/${handle}` : `https://x.com/${handle}`;
    case 'instagram':
      return `https://www.instagram.com/${handle}/`;
    case 'onlyfans':
      return `https://onlyfans.com/${handle}`;
    case 'fansly':
      return `https://fansly.com/${handle}/posts`;
    case 'pornhub':
      return `https://www.pornhub.com/pornstar/${page}`;
    case 'freeones':
      return `https://www.freeones.com/${page}/bio`;
    case 'babepedia':
      return `https://www.babepedia.com/babe/${page}`;
    case 'indexxx':
      return `https://www.indexxx.com/m/${page}`;
    case 'afdb':
      return `https://www.adultfilmdatabase.com/actor/${slug}-${number}/`;
    case 'data18':
      return `https://www.data18.com/name/${page}`;
    case 'thenude':
      return `https://www.thenude.com/${encodeURIComponent(slug)}_${number}.htm`;
    case 'tiktok':
      return `https://www.tiktok.com/@${handle}`;
    case 'wikipedia':
      return `https://en.wikipedia.org/wiki/${page}`;
    case 'linktree':
      return `https://linktr.ee/${handle}`;
  }
}
