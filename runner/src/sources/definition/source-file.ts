import {
  createsPerformers,
  referenceModes,
  type SourceDefinition,
  sourceDefinitionSchema,
  sourceFields,
  sourceIdSchema,
} from '@trainer/contract/sources';
import { z } from 'zod';
import { isOwnSetting } from '../../settings/settings.ts';
import { pageRulesShape, refinePageRules, type SiteDefinition } from '../page/definition/definition.ts';

/**
 * One file per source: what the source is, and for a reference site how its pages are read. What the release ships and what an
 * owner writes are held to the same schema.
 */

const variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'expected the name of an environment variable: EXAMPLE_API_KEY')
  .refine(
    (name) => !isOwnSetting(name),
    'is a setting of the runner itself: a source needs a variable of its own',
  );
const address = z.url({ protocol: /^https?$/, message: 'expected an http or https address' });
const domain = z
  .string()
  .regex(
    /^(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/,
    'expected a domain in lower case: example.org',
  );

/** Fields of the configuration, under the configuration's names; what is left out takes the program's careful values. */
const defaults = z.strictObject(z.object(sourceFields).partial().shape).prefault({});

const common = {
  id: sourceIdSchema,
  title: z.string().min(1).max(100),
  /** Which metadata wins when sources differ: 1 before 2. */
  priority: z.int().min(1).max(1_000).default(10),
  defaults,
};

const sourceFile = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('stash-box'),
    protocol: z.enum(['stash-box', 'theporndb']).default('stash-box'),
    /** Of its GraphQL API. */
    address,
    /** In universal ids: `example.org:<id>`. It names the performers for good. */
    domain,
    key_variable: variable,
    url_variable: variable.optional(),
  }),
  z
    .strictObject({
      ...common,
      kind: z.literal('reference-site'),
      address,
      url_variable: variable.optional(),
      ...pageRulesShape,
    })
    .superRefine(refinePageRules),
  z.strictObject({ ...common, kind: z.literal('folder'), url_variable: variable }),
  z.strictObject({ ...common, kind: z.literal('stash'), key_variable: variable, url_variable: variable }),
]);
export const sourceFileSchema = sourceFile;
type SourceFile = z.output<typeof sourceFile>;

/** A source as the runner knows it: what everybody may know, and what only it needs to. */
export interface DefinedSource {
  source: SourceDefinition;
  /** How its pages are read; null for sources that are no reference sites. */
  page: SiteDefinition | null;
}

/** What a file says, in the terms of the contract. */
export function toDefinedSource(file: SourceFile, origin: SourceDefinition['origin']): DefinedSource {
  const page = file.kind === 'reference-site' ? toSite(file) : null;
  // Several requests at once are for servers that are made for programs; a site's visitors come first.
  const concurrency = page ? 1 : 4;
  // The first faces of a performer have nothing to agree with, so where performers come from they have to be taken as they are.
  const trust_level = createsPerformers(file) ? 'high' : 'medium';
  const source = sourceDefinitionSchema.parse({
    ...file,
    protocol: protocolOf(file),
    ...(page && { needs: needsOf(page), modes: modesOf(page) }),
    defaults: { concurrency, trust_level, ...file.defaults },
    origin,
  });
  return { source, page };
}

function protocolOf(file: SourceFile): string {
  if (file.kind === 'stash-box') return file.protocol;
  return { 'reference-site': 'page', folder: 'files', stash: 'stash' }[file.kind];
}

function toSite(file: Extract<SourceFile, { kind: 'reference-site' }>): SiteDefinition {
  return { ...file, site: new URL(file.address).origin };
}

function needsOf({ transport }: SiteDefinition): string | null {
  return transport.use === 'direct' ? null : transport.use;
}

function modesOf({ slug, search }: SiteDefinition): SourceDefinition['modes'] {
  return slug || search ? [...referenceModes] : ['url'];
}
