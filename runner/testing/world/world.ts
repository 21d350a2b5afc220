import type { PerformerRecord } from '../../src/catalog/performer-record.ts';
import { BOXES, type Box } from './boxes.ts';
import { FLAWS } from './flaws.ts';
import { makePeople, type Person } from './people.ts';
import { createRandom, type Random } from './random.ts';

/** What the stash-boxes say, in an order in which nothing is special, and who it is really about. */
export interface World {
  events: WorldEvent[];
  /** The person by record: `<endpoint>:<id>`. */
  truth: Map<string, number>;
}

export type WorldEvent =
  | { kind: 'record'; record: PerformerRecord }
  | { kind: 'merged'; endpoint: string; from: string; into: string }
  | { kind: 'removed'; endpoint: string; remoteId: string };

interface Draft {
  box: Box;
  person: Person;
  record: PerformerRecord;
  /** The id that its stash-box merged into it, from the beginning or in the end. */
  oldId: string | null;
}

/** People in six stash-boxes, with namesakes, wrong links, shared accounts, doubles and merges. */
export function makeWorld(people: number, seed: number): World {
  const random = createRandom(seed);
  const everyone = makePeople(people, random);
  const studios = Array.from({ length: Math.ceil(people / 120) }, (_, i) => `studio${i}`);
  const drafts = everyone.flatMap((person) =>
    BOXES.filter((box) => random.chance(coverage(box, person))).flatMap((box) =>
      draftsOf(person, box, random),
    ),
  );
  const context = {
    everyone,
    studios,
    byPerson: Map.groupBy(drafts, (draft) => draft.person.number),
    drafts,
    random,
  };
  for (const draft of drafts) draft.record.urls = makeUrls(draft, context);
  return {
    events: [
      ...random.shuffle(drafts).map(({ record }) => ({ kind: 'record' as const, record })),
      ...endings(drafts, random),
    ],
    truth: new Map(
      drafts.map(({ record, person }) => [`${record.endpoint}:${record.remoteId}`, person.number]),
    ),
  };
}

interface WorldContext {
  everyone: Person[];
  studios: string[];
  byPerson: Map<number, Draft[]>;
  drafts: Draft[];
  random: Random;
}

function coverage({ covers, coversJapan }: Box, { country }: Person): number {
  return country === 'JP' ? (coversJapan ?? covers) : covers;
}

/** One record as a rule; two where the box has the person twice. */
function draftsOf(person: Person, box: Box, random: Random): Draft[] {
  const draft = (copy: number): Draft => ({
    box,
    person,
    record: makeRecord(person, box, uuidOf(person.number, box, copy), random),
    oldId: null,
  });
  const only = draft(0);
  if (!random.chance(FLAWS.twice)) return [only];
  if (!random.chance(FLAWS.merged)) return [only, draft(1)];
  only.oldId = uuidOf(person.number, box, 1);
  // Half of the merges lie in the past; the others come while the catalog knows both.
  if (random.chance(0.5)) only.record.mergedIds = [only.oldId];
  return only.record.mergedIds.length > 0 ? [only] : [only, draft(1)];
}

function uuidOf(person: number, box: Box, copy: number): string {
  const digits = String(person).padStart(12, '0');
  return `${BOXES.indexOf(box)}000000${copy}-0000-4000-8000-${digits}`;
}

function makeRecord(person: Person, box: Box, remoteId: string, random: Random): PerformerRecord {
  const [usual = '', ...others] = person.names;
  const name = others.length > 0 && random.chance(FLAWS.otherName) ? random.pick(others) : usual;
  const aliases = person.names.filter((each) => each !== name && random.chance(box.aliases));
  const gender = random.chance(FLAWS.wrongGender) ? 'MALE' : person.gender;
  return {
    endpoint: box.endpoint,
    remoteId,
    name: random.chance(FLAWS.otherSpelling) ? respell(name, random) : name,
    disambiguation: null,
    gender: random.chance(0.97) ? gender : null,
    country: random.chance(box.countries) ? country(person, random) : null,
    ethnicity: null,
    birthDate: random.chance(box.birthDates) ? birthDate(person, random) : null,
    deathDate: null,
    heightCm: null,
    eyeColor: null,
    hairColor: null,
    careerStartYear: null,
    careerEndYear: null,
    sceneCount: null,
    imageUrl: null,
    updated: '2026-02-01T00:00:00Z',
    aliases,
    urls: [],
    mergedIds: [],
    tattoos: [],
    piercings: [],
  };
}

function country(person: Person, random: Random): string {
  return random.chance(FLAWS.wrongCountry) ? 'US' : person.country;
}

function birthDate({ birthDate: right }: Person, random: Random): string {
  const year = Number(right.slice(0, 4));
  if (random.chance(FLAWS.wrongBirthYear)) return String(year - 2 - random.int(8));
  if (random.chance(FLAWS.slipOfBirthDate)) return `${year + random.int(2)}-${right.slice(8)}-01`;
  if (random.chance(0.05)) return `${year}-01-01`;
  return random.chance(0.75) ? right : right.slice(0, random.chance(0.7) ? 4 : 7);
}

/** Two letters changed places, or the words are joined by a hyphen. */
function respell(name: string, random: Random): string {
  if (random.chance(0.5)) return name.replace(' ', '-');
  const at = 1 + random.int(Math.max(1, name.length - 2));
  return name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2);
}

function makeUrls(draft: Draft, context: WorldContext): string[] {
  const { random, everyone, studios } = context;
  const listed = draft.person.profiles
    .filter(({ kind }) => random.chance(draft.box.lists(kind)))
    .map(({ kind, url }) => {
      if (!random.chance(FLAWS.wrongProfile)) return url;
      return random.pick(everyone).profiles.find((other) => other.kind === kind)?.url ?? url;
    });
  const studio = random.chance(FLAWS.studioAccount)
    ? [`https://twitter.com/${random.pickSkewed(studios)}`]
    : [];
  const own = draft.box.endpoint === 'theporndb' ? [`https://theporndb.net/performers/${slugOf(draft)}`] : [];
  return [...own, ...listed, ...studio, ...crossLinks(draft, context)];
}

function crossLinks({ box, person }: Draft, { byPerson, drafts, random }: WorldContext): string[] {
  return Object.entries(box.links).flatMap(([endpoint, rate]) => {
    if (!random.chance(rate)) return [];
    const pool = random.chance(FLAWS.wrongLink) ? [random.pick(drafts)] : (byPerson.get(person.number) ?? []);
    const target = pool.find((other) => other.box.endpoint === endpoint);
    if (!target) return [];
    const isOld = target.oldId !== null && random.chance(FLAWS.oldLink);
    const id = isOld ? target.oldId : endpoint === 'theporndb' ? slugOf(target) : target.record.remoteId;
    return [`https://${DOMAINS[endpoint]}/performers/${id}`];
  });
}

const DOMAINS: { [endpoint: string]: string } = {
  stashdb: 'stashdb.org',
  theporndb: 'theporndb.net',
  fansdb: 'fansdb.cc',
};

function slugOf({ record, person }: Draft): string {
  return `${record.name.toLowerCase().replaceAll(' ', '-')}-${person.number}-${record.remoteId.charAt(7)}`;
}

/** What happens when everybody is known: merges and deletions. */
function endings(drafts: Draft[], random: Random): WorldEvent[] {
  const merges = drafts.flatMap(({ record, oldId }): WorldEvent[] =>
    oldId === null || record.mergedIds.length > 0
      ? []
      : [{ kind: 'merged', endpoint: record.endpoint, from: oldId, into: record.remoteId }],
  );
  const merged = new Set(
    merges.flatMap((event) => (event.kind === 'merged' ? [event.from, event.into] : [])),
  );
  const removals = drafts
    .filter(({ record }) => !merged.has(record.remoteId) && random.chance(FLAWS.deleted))
    .map(({ record: { endpoint, remoteId } }): WorldEvent => ({ kind: 'removed', endpoint, remoteId }));
  return random.shuffle([...merges, ...removals]);
}
