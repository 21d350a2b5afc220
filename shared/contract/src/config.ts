import { z } from 'zod';
import { count, text, time } from './primitives.ts';
import { shippedSources } from './shipped-sources.ts';
import { type SourceDefinition, type SourceId, sourceDefaultsShape, sourceFields } from './sources.ts';
import { kept } from './tolerance.ts';
import { version } from './version.ts';

/**
 * The configuration: one document, kept as revisions.
 *
 * A stored revision may omit any field. An absent field takes the default below, and for a source the default of its definition. So
 * a new default applies wherever no value was set.
 */

export const sourceConfigSchema = kept(sourceFields);
export type SourceConfig = z.infer<typeof sourceConfigSchema>;

/** The settings of a source without a definition: they are kept as entered. */
const undefinedSourceSchema = kept(sourceDefaultsShape);

function sourceWithDefaults({ defaults }: Pick<SourceDefinition, 'defaults'>) {
  return kept({
    enabled: sourceFields.enabled.default(defaults.enabled),
    rate_limit: sourceFields.rate_limit.default(defaults.rate_limit),
    concurrency: sourceFields.concurrency.default(defaults.concurrency),
    trust_level: sourceFields.trust_level.default(defaults.trust_level),
    max_faces: sourceFields.max_faces.default(defaults.max_faces),
    gender_filter: sourceFields.gender_filter.default(defaults.gender_filter),
    respect_robots: sourceFields.respect_robots.default(defaults.respect_robots),
  }).prefault({});
}

type SourceShape = Record<SourceId, ReturnType<typeof sourceWithDefaults>>;

function shapeOf(definitions: readonly SourceDefinition[]): SourceShape {
  return Object.fromEntries(definitions.map((source) => [source.id, sourceWithDefaults(source)]));
}

/** Sources that are known by a definition, each with its defaults, and any other that the configuration names. */
function sourcesSchema(definitions: readonly SourceDefinition[]) {
  return z.object(shapeOf(definitions)).catchall(undefinedSourceSchema).prefault({});
}

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
 * Parsing fills in every default, so the output is the whole configuration. Stored revisions are read with this schema; new
 * input is validated with `enteredConfigSchemaFor`.
 */
export const configSchema = kept({
  /** The User-Agent of the runner; it should contain a contact address. */
  user_agent: text(200).min(1).default(defaultUserAgent),
  faces: facesSchema,
  retention: retentionSchema,
  sources: sourcesSchema(shippedSources),
});

/** The same with the defaults of these sources instead of the shipped ones. */
export function configSchemaFor(definitions: readonly SourceDefinition[]): typeof configSchema {
  return configSchema.extend({ sources: sourcesSchema(definitions) });
}

/** New configuration input, as far as it can be validated without the known sources. */
export const enteredConfigSchema = configSchema.extend({
  user_agent: text(200)
    .regex(/[^ ]/, 'must not be blank: sites want to know who asks')
    .regex(
      /^[\x20-\x7e\xa0-\xff]*$/,
      'may hold only printable characters of Latin-1: a header cannot carry others',
    )
    .default(defaultUserAgent),
});

/**
 * New configuration input: every value must be valid. The sources that it names are those of
 * `definitions` and, as a source may be gone that was configured once, those of `configured`; `findUnknownFields` finds others.
 */
export function enteredConfigSchemaFor(
  definitions: readonly SourceDefinition[],
  configured: readonly SourceId[] = [],
): typeof enteredConfigSchema {
  const known = shapeOf(definitions);
  const gone = configured.filter((id) => !Object.hasOwn(known, id));
  const others = Object.fromEntries(gone.map((id) => [id, undefinedSourceSchema.prefault({})]));
  const sources = z
    .object({ ...others, ...known })
    .catchall(undefinedSourceSchema)
    .prefault({});
  return enteredConfigSchema.extend({ sources });
}

/** What may be stored or sent: anything may be left out. */
export type ConfigInput = z.input<typeof configSchema>;
/** The whole configuration. */
export type Config = z.output<typeof configSchema>;

/** What the configuration says about a source; careful defaults where it says nothing. */
export function configOfSource({ sources }: Pick<Config, 'sources'>, id: SourceId): SourceConfig {
  return Object.hasOwn(sources, id) && sources[id] ? sources[id] : undefinedSourceSchema.parse({});
}

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
