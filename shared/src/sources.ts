/**
 * The registry of sources: what each one is, where it lives and how it wants to be treated.
 *
 * Figures are those that the first generation of trainers was run with; the configuration can change every
 * one that `sourceConfigSchema` names.
 */

export const sourceKinds = {
  'stash-box': 'creates performers, and its metadata is authoritative',
  'reference-site': 'only adds images to performers that a stash-box created',
  folder: 'one folder per performer on the runner’s own disk',
  stash: 'the owner’s own Stash server',
} as const;
export type SourceKind = keyof typeof sourceKinds;

export const trustLevels = {
  high: 'a face is taken after the quality filters',
  medium: 'a face must match faces that the performer already has',
  low: 'faces are clustered first, and only a dominant cluster that agrees is taken',
} as const;
export type TrustLevel = keyof typeof trustLevels;

export const genders = [
  'MALE',
  'FEMALE',
  'TRANSGENDER_MALE',
  'TRANSGENDER_FEMALE',
  'INTERSEX',
  'NON_BINARY',
] as const;
export type Gender = (typeof genders)[number];

export const referenceModes = ['url', 'name'] as const;
export type ReferenceMode = (typeof referenceModes)[number];

export interface SourceEntry {
  title: string;
  kind: SourceKind;
  /** How the runner talks to it. */
  protocol: 'stash-box' | 'theporndb' | 'page' | 'files' | 'stash';
  /** Where it lives; null when the owner's environment says so. */
  url: string | null;
  /** Domain in universal ids (`stashdb.org:<id>`), for stash-boxes. */
  domain: string | null;
  /** Environment variable of the runner that holds the key. */
  keyVariable: string | null;
  /** Environment variable of the runner that overrides `url`. */
  urlVariable: string | null;
  /** What must be configured besides the key before the source can be used. */
  needs: 'flaresolverr' | 'chrome' | null;
  modes: readonly ReferenceMode[];
  /** Which metadata wins when sources differ: 1 before 2. */
  priority: number;
  defaults: {
    enabled: boolean;
    /** Requests per minute, images included. */
    rateLimit: number;
    trustLevel: TrustLevel;
    maxFaces: number;
    genderFilter: Gender | null;
  };
}

type Defaults = [
  enabled: boolean,
  rateLimit: number,
  trustLevel: TrustLevel,
  maxFaces: number,
  genderFilter?: Gender,
];

function defaults([
  enabled,
  rateLimit,
  trustLevel,
  maxFaces,
  genderFilter,
]: Defaults): SourceEntry['defaults'] {
  return { enabled, rateLimit, trustLevel, maxFaces, genderFilter: genderFilter ?? null };
}

function stashBox(
  title: string,
  domain: string,
  name: string,
  priority: number,
  ...rest: Defaults
): SourceEntry {
  return {
    title,
    kind: 'stash-box',
    protocol: 'stash-box',
    url: `https://${domain}/graphql`,
    domain,
    keyVariable: `${name}_API_KEY`,
    urlVariable: `${name}_URL`,
    needs: null,
    modes: [],
    priority,
    defaults: defaults(rest),
  };
}

function referenceSite(
  title: string,
  url: string,
  needs: SourceEntry['needs'],
  modes: readonly ReferenceMode[],
  ...rest: Defaults
): SourceEntry {
  return {
    title,
    kind: 'reference-site',
    protocol: 'page',
    url,
    domain: null,
    keyVariable: null,
    urlVariable: null,
    needs,
    modes,
    priority: 10,
    defaults: defaults(rest),
  };
}

const both = ['url', 'name'] as const;

export const sources = {
  stashdb: stashBox('StashDB', 'stashdb.org', 'STASHDB', 1, true, 240, 'high', 5),
  theporndb: {
    ...stashBox('ThePornDB', 'theporndb.net', 'THEPORNDB', 2, true, 240, 'high', 5),
    protocol: 'theporndb',
    url: 'https://api.theporndb.net',
  },
  pmvstash: stashBox('PMVStash', 'pmvstash.org', 'PMVSTASH', 3, false, 300, 'high', 3),
  javstash: stashBox('JAVStash', 'javstash.org', 'JAVSTASH', 4, false, 300, 'high', 3),
  fansdb: stashBox('FansDB', 'fansdb.cc', 'FANSDB', 5, false, 240, 'high', 3),

  babepedia: referenceSite(
    'Babepedia',
    'https://www.babepedia.com',
    'flaresolverr',
    both,
    false,
    60,
    'high',
    5,
    'FEMALE',
  ),
  iafd: referenceSite('IAFD', 'https://www.iafd.com', 'flaresolverr', both, false, 120, 'high', 3),
  indexxx: referenceSite('Indexxx', 'https://www.indexxx.com', 'chrome', both, false, 20, 'high', 5),
  freeones: referenceSite(
    'FreeOnes',
    'https://www.freeones.com',
    null,
    both,
    false,
    30,
    'medium',
    5,
    'FEMALE',
  ),
  boobpedia: referenceSite(
    'Boobpedia',
    'https://www.boobpedia.com',
    null,
    both,
    false,
    60,
    'medium',
    3,
    'FEMALE',
  ),
  thenude: referenceSite('TheNude', 'https://www.thenude.com', null, both, false, 60, 'medium', 5, 'FEMALE'),
  afdb: referenceSite(
    'Adult Film Database',
    'https://www.adultfilmdatabase.com',
    null,
    ['url'],
    false,
    60,
    'high',
    5,
  ),
  pornpics: referenceSite('PornPics', 'https://www.pornpics.com', null, both, false, 60, 'medium', 5),
  elitebabes: referenceSite(
    'EliteBabes',
    'https://www.elitebabes.com',
    null,
    both,
    false,
    60,
    'medium',
    5,
    'FEMALE',
  ),
  javdatabase: referenceSite(
    'JavDatabase',
    'https://www.javdatabase.com',
    null,
    both,
    false,
    60,
    'medium',
    3,
  ),

  folder: {
    title: 'Folder',
    kind: 'folder',
    protocol: 'files',
    url: null,
    domain: null,
    keyVariable: null,
    urlVariable: 'FOLDER_DIR',
    needs: null,
    modes: [],
    priority: 9,
    defaults: defaults([false, 6_000, 'high', 20]),
  },
  stash: {
    title: 'My Stash',
    kind: 'stash',
    protocol: 'stash',
    url: null,
    domain: null,
    keyVariable: 'STASH_API_KEY',
    urlVariable: 'STASH_URL',
    needs: null,
    modes: [],
    priority: 8,
    defaults: defaults([false, 240, 'medium', 5]),
  },
} as const satisfies Record<string, SourceEntry>;

export type SourceId = keyof typeof sources;

/** Every source id, in the registry's order. */
export const sourceIds = Object.keys(sources).filter(isSourceId);

export function isSourceId(value: string): value is SourceId {
  return Object.hasOwn(sources, value);
}

/** Looks a source up with the precise ids widened away. */
export function sourceEntry(id: SourceId): SourceEntry {
  return sources[id];
}
