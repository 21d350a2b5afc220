import { z } from 'zod';
import { count, text, time } from './primitives.ts';
import { genders, type SourceId, sourceEntry } from './sources.ts';
import { kept } from './tolerance.ts';
import { version } from './version.ts';

/**
 * The configuration: one document, kept as revisions.
 *
 * A stored revision may leave anything out; what is absent takes the default below. So a new default reaches
 * everyone who has not decided otherwise.
 */

const sourceFields = {
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
export const sourceConfigSchema = kept(sourceFields);
export type SourceConfig = z.infer<typeof sourceConfigSchema>;

function sourceConfigWithDefaults(id: SourceId) {
  const { defaults, kind } = sourceEntry(id);
  return kept({
    enabled: sourceFields.enabled.default(defaults.enabled),
    rate_limit: sourceFields.rate_limit.default(defaults.rateLimit),
    concurrency: sourceFields.concurrency.default(kind === 'reference-site' ? 1 : 4),
    trust_level: sourceFields.trust_level.default(defaults.trustLevel),
    max_faces: sourceFields.max_faces.default(defaults.maxFaces),
    gender_filter: sourceFields.gender_filter.default(defaults.genderFilter),
    respect_robots: sourceFields.respect_robots.default(true),
  }).prefault({});
}

// Spelled out, so that the compiler sees every id and a new source cannot be forgotten.
const sourcesShape = {
  stashdb: sourceConfigWithDefaults('stashdb'),
  theporndb: sourceConfigWithDefaults('theporndb'),
  pmvstash: sourceConfigWithDefaults('pmvstash'),
  javstash: sourceConfigWithDefaults('javstash'),
  fansdb: sourceConfigWithDefaults('fansdb'),
  babepedia: sourceConfigWithDefaults('babepedia'),
  iafd: sourceConfigWithDefaults('iafd'),
  indexxx: sourceConfigWithDefaults('indexxx'),
  freeones: sourceConfigWithDefaults('freeones'),
  boobpedia: sourceConfigWithDefaults('boobpedia'),
  thenude: sourceConfigWithDefaults('thenude'),
  afdb: sourceConfigWithDefaults('afdb'),
  pornpics: sourceConfigWithDefaults('pornpics'),
  elitebabes: sourceConfigWithDefaults('elitebabes'),
  javdatabase: sourceConfigWithDefaults('javdatabase'),
  folder: sourceConfigWithDefaults('folder'),
  stash: sourceConfigWithDefaults('stash'),
} satisfies Record<SourceId, unknown>;

const facesSchema = kept({
  /** Detector and embedders; faces of different packs never mix. */
  model_pack: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/)
    .default('stash-sense'),
  /** Shorter side of a picture, px. */
  min_image_px: z.int().min(32).max(4_000).default(300),
  /** Shorter side of a face, px. */
  min_face_px: z.int().min(20).max(1_000).default(80),
  /** Detector score, 0 to 1. */
  min_confidence: z.number().min(0.5).max(1).default(0.8),
  /** How far a head may be turned, degrees. */
  max_yaw_degrees: z.number().min(0).max(90).default(45),
}).prefault({});

const retentionSchema = kept({
  /** Newest versions kept; 0 keeps all. */
  versions: count.default(10),
  log_days: z.int().min(1).default(30),
  log_max_mb: z.int().min(1).default(200),
}).prefault({});

const defaultUserAgent = `stash-sense-trainer/${version} (+https://github.com/stash-sense-trainer)`;

/**
 * Parsing fills in every default, so the output is the whole configuration. What is stored already is read with this schema; what
 * somebody enters now is held to `enteredConfigSchema`.
 */
export const configSchema = kept({
  /** How the runner introduces itself to every site; say how its owner can be reached. */
  user_agent: text(200).min(1).default(defaultUserAgent),
  faces: facesSchema,
  retention: retentionSchema,
  sources: kept(sourcesShape).prefault({}),
});
/** A configuration that somebody enters: everything in it can be used as it is. */
export const enteredConfigSchema = configSchema.extend({
  user_agent: text(200)
    .regex(/[^ ]/, 'must not be blank: sites want to know who asks')
    .regex(
      /^[\x20-\x7e\xa0-\xff]*$/,
      'may hold only printable characters of Latin-1: a header cannot carry others',
    )
    .default(defaultUserAgent),
});
/** What may be stored or sent: anything may be left out. */
export type ConfigInput = z.input<typeof configSchema>;
/** The whole configuration. */
export type Config = z.output<typeof configSchema>;

/** The configuration as the API gives it, with the revision that `If-Match` wants: `"7"`. */
export const configViewSchema = configSchema.extend({ revision: count });
export type ConfigView = z.output<typeof configViewSchema>;

export const configRevisionSchema = z.object({
  revision: count,
  created_at: time,
  actor: z.string(),
  /** Fields that differ from the revision before: `sources.stashdb.rate_limit`. */
  changed: z.array(z.string()),
});
export type ConfigRevision = z.infer<typeof configRevisionSchema>;
