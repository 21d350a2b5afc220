import { z } from 'zod';
import { text } from './primitives.ts';
import { openName } from './tolerance.ts';

/**
 * Sources are data. A definition contains a source's kind, address and limits. The release ships some (`shipped-sources.ts`), and
 * owners add their own or replace a shipped one. So any program may receive a source id that it does not know; it passes the id on
 * and shows it unchanged.
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

/** A source's name: known to this program or not. */
export type SourceId = string;

/** Ids that would be mistaken for something else: the task that publishes is called `<run>.publish`. */
const RESERVED_IDS: readonly string[] = ['publish'];

export const sourceIdSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'expected 1 to 40 lower-case letters, digits and hyphens, beginning with a letter',
  )
  .refine((id) => !RESERVED_IDS.includes(id), 'is a name that means something else');

/** More sources than anybody has; bounds what is sent and stored. */
export const MAX_SOURCES = 256;

/** What the configuration says about a source, as its fields are checked. */
export const sourceFields = {
  /** Whether the build form ticks the source. */
  enabled: z.boolean(),
  /** Requests per minute, pages and images together. */
  rate_limit: z.number().min(0.1).max(6_000),
  /** Requests under way at once, per host. */
  concurrency: z.int().min(1).max(16),
  trust_level: z.enum(['high', 'medium', 'low']),
  /** Faces per performer from this source. */
  max_faces: z.int().min(0).max(100),
  /** Only performers of this gender, and those whose gender is unknown. */
  gender_filter: z.enum(genders).nullable(),
  /** Whether what the site's robots.txt forbids is left alone; APIs that gave us a key are not asked for one. */
  respect_robots: z.boolean(),
};

/** The defaults of a source's settings: those of its definition, or else the slowest and most careful ones. */
export const sourceDefaultsShape = {
  enabled: sourceFields.enabled.default(false),
  rate_limit: sourceFields.rate_limit.default(30),
  concurrency: sourceFields.concurrency.default(1),
  trust_level: sourceFields.trust_level.default('medium'),
  max_faces: sourceFields.max_faces.default(5),
  gender_filter: sourceFields.gender_filter.default(null),
  respect_robots: sourceFields.respect_robots.default(true),
};

/**
 * A source as runners announce it and everybody knows it: without secrets, and without the rules for reading its pages. `kind`,
 * `protocol` and `needs` are names that a later release may add to.
 */
export const sourceDefinitionSchema = z.object({
  id: sourceIdSchema,
  title: text(100).min(1),
  kind: z.string().max(40),
  /** How the runner talks to it: `stash-box`, `theporndb`, `page`, `files` or `stash`. */
  protocol: z.string().max(40),
  /** Where it lives; null when the owner's environment says so. */
  address: z.string().max(500).nullable().default(null),
  /** Domain in universal ids (`stashdb.org:<id>`), for stash-boxes. */
  domain: z.string().max(253).nullable().default(null),
  /** Environment variable of the runner that holds the key. */
  key_variable: z.string().max(100).nullable().default(null),
  /** Environment variable of the runner that overrides `address`. */
  url_variable: z.string().max(100).nullable().default(null),
  /** What must be configured besides the key before the source can be used: `flaresolverr` or `chrome`. */
  needs: z.string().max(40).nullable().default(null),
  /** How performers can be found there; none for sources that are read as a whole. */
  modes: z.array(openName(referenceModes)).max(16).default([]),
  /** Which metadata wins when sources differ: 1 before 2. */
  priority: z.int().min(1).max(1_000).default(10),
  defaults: z.object({
    ...sourceDefaultsShape,
    // What a later release may have added is read as the most careful of what there is.
    trust_level: sourceDefaultsShape.trust_level.catch('low'),
    gender_filter: sourceDefaultsShape.gender_filter.catch(null),
  }),
  origin: z.enum(['built-in', 'owner']).catch('built-in'),
});
export type SourceDefinition = z.output<typeof sourceDefinitionSchema>;

/** Whether sources of the kind are ingested: they bring performers, while others only add to known ones. */
export function createsPerformers({ kind }: Pick<SourceDefinition, 'kind'>): boolean {
  return kind === 'stash-box' || kind === 'folder';
}

/** The order in which sources are listed and worked on: by kind, then by priority, then by name. */
export function bySourceOrder(one: SourceDefinition, other: SourceDefinition): number {
  return (
    placeOfKind(one.kind) - placeOfKind(other.kind) ||
    one.priority - other.priority ||
    (one.id < other.id ? -1 : 1)
  );
}

const KIND_ORDER: readonly string[] = Object.keys(sourceKinds);

function placeOfKind(kind: string): number {
  const place = KIND_ORDER.indexOf(kind);
  return place === -1 ? KIND_ORDER.length : place;
}
