import type { ProfileKind } from './people.ts';

/** How one stash-box of the generated world knows its performers. Rates are 0 to 1. */
export interface Box {
  endpoint: string;
  /** Share of people it has. */
  covers: number;
  /** The same for people from Japan, where it differs. */
  coversJapan?: number;
  /** Share of its records that give the address of the performer's page at another stash-box, where there is one. */
  links: { [endpoint: string]: number };
  /** Chance that it lists a profile that its performer has. */
  lists: (kind: ProfileKind) => number;
  birthDates: number;
  countries: number;
  /** Chance that it knows an alias. */
  aliases: number;
}

const SOCIAL: ReadonlySet<ProfileKind> = new Set([
  'twitter',
  'instagram',
  'onlyfans',
  'fansly',
  'tiktok',
  'linktree',
]);

/** Coverage, habits and link rates as real stash-boxes have them: from 3 % (ThePornDB) to 60 %. */
export const BOXES: readonly Box[] = [
  {
    endpoint: 'stashdb',
    covers: 0.85,
    links: { theporndb: 0.03, fansdb: 0.01 },
    lists: () => 0.7,
    birthDates: 0.6,
    countries: 0.75,
    aliases: 0.75,
  },
  {
    endpoint: 'theporndb',
    covers: 0.45,
    links: { stashdb: 0.033 },
    lists: (kind) => (['twitter', 'instagram', 'iafd', 'iafdUuid', 'wikidata'].includes(kind) ? 0.6 : 0.1),
    birthDates: 0.6,
    countries: 0.6,
    aliases: 0.5,
  },
  {
    endpoint: 'pmvstash',
    covers: 0.12,
    links: { stashdb: 0.6 },
    lists: () => 0.35,
    birthDates: 0.35,
    countries: 0.5,
    aliases: 0.4,
  },
  {
    endpoint: 'javstash',
    covers: 0.04,
    coversJapan: 0.8,
    links: { stashdb: 0.35, theporndb: 0.08 },
    lists: () => 0.4,
    birthDates: 0.7,
    countries: 0.9,
    aliases: 0.8,
  },
  {
    endpoint: 'fansdb',
    covers: 0.25,
    links: { stashdb: 0.2 },
    lists: (kind) => (SOCIAL.has(kind) ? 0.85 : 0.1),
    birthDates: 0.2,
    countries: 0.4,
    aliases: 0.3,
  },
  {
    endpoint: 'smallbox',
    covers: 0.15,
    links: { stashdb: 0.1, theporndb: 0.05, fansdb: 0.05 },
    lists: () => 0.3,
    birthDates: 0.4,
    countries: 0.5,
    aliases: 0.4,
  },
];
