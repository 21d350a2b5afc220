import { genders, type SourceId } from '@trainer/contract/sources';
import { z } from 'zod';
import { extract, imageRule, jsonValue } from './extract-schema.ts';
import { pathTemplate, pattern, patternWithPlaces, placesOf, selector } from './patterns.ts';

export const transportKinds = {
  direct: 'plain HTTPS',
  flaresolverr: 'the owner’s FlareSolverr',
  chrome: 'the owner’s Chrome, over the DevTools protocol',
} as const;
const transportKind = z.enum(['direct', 'flaresolverr', 'chrome']);
export type TransportKind = z.infer<typeof transportKind>;

const host = z.string().regex(/^[a-z0-9.-]+$/, 'expected a host name in lower case');
const gender = z.enum(genders);

/** A form in which the site's own addresses are written, and the page that answers it. */
const addressForm = z
  .strictObject({
    form: z.string().min(1),
    /** Of path and query; its named groups are the places of the templates. */
    match: pattern,
    /** Values of a group that are pages of the site and not performers. */
    deny: z.record(z.string(), z.array(z.string())).default({}),
    /** Groups whose values are the same in any case: they are kept in lower case. */
    lowerCase: z.array(z.string()).default([]),
    page: pathTemplate,
    /** Two addresses with one key are one performer's. */
    key: z.string().min(1),
  })
  .superRefine(({ match, page, key }, context) => {
    const groups = [...match.source.matchAll(/\(\?<([a-z]+)>/gi)].map(([, name]) => name);
    for (const place of [...placesOf(page), ...placesOf(key)].filter((name) => !groups.includes(name))) {
      context.addIssue(`uses {${place}}, but match has no group (?<${place}>…)`);
    }
  });
export type AddressForm = z.infer<typeof addressForm>;

/** How a name becomes a slug, where that is a good guess. */
const slugRule = z.strictObject({
  style: z.enum(['underscore', 'hyphen']),
  /** The page as if the slug had stood in a stored address. */
  page: z.string().regex(/^\/.*\{slug\}/, 'must be a path with {slug}'),
  /** Also with the words the other way round, for sites that put the family name first. */
  bothOrders: z.boolean().default(false),
});

/** The site's own search. Only hits whose name or alias is exactly the performer's are followed. */
const search = z.strictObject({
  page: z.string().regex(/^\/.*\{term\}/, 'must be a path with {term}'),
  term: jsonValue.shape.transforms,
  hits: z.discriminatedUnion('format', [
    z.strictObject({
      format: z.literal('html'),
      each: selector,
      name: extract,
      aliases: extract.optional(),
      link: extract,
    }),
    z.strictObject({
      format: z.literal('json'),
      each: z.string(),
      name: jsonValue,
      aliases: jsonValue.optional(),
      link: jsonValue,
    }),
  ]),
});
export type Search = z.infer<typeof search>;

/** Sets of pictures on pages of their own. */
const galleries = z.strictObject({
  links: extract,
  /** Of the link's path. */
  keep: patternWithPlaces.optional(),
  drop: patternWithPlaces.optional(),
  max: z.int().positive().max(50),
  /** Where the listing goes on, on sites that split it. */
  next: extract.optional(),
  images: z.array(imageRule).min(1),
  /** Who is shown: a gallery that names more than one is not used. */
  models: extract.optional(),
  /** Captures the set's id in a picture's path; only pictures of the id that most of them have are taken. */
  commonest: pattern.optional(),
});
export type Galleries = z.infer<typeof galleries>;

const expectation = z.record(z.string(), z.int().positive());

/**
 * How one reference site is read. Everything that a site may change is here and nothing of it in code, so a site that changed is
 * repaired by changing its file.
 */
export const pageRulesShape = {
  /** Whose stored addresses are meant; `www.` and `m.` make no difference. */
  hosts: z.array(host).min(1),
  imageHosts: z.array(host).min(1),
  transport: z.strictObject({
    use: transportKind,
    /** Used for the rest of the run after the first one was refused, if the owner has it. */
    fallback: transportKind.exclude(['direct']).optional(),
  }),
  /** Who can be found there; all when absent. */
  holds: z.array(gender).min(1).optional(),
  /** Sent with pictures: the site's front page, the page they were on, or nothing. */
  referer: z.enum(['site', 'page', 'none']),
  addresses: z.array(addressForm).min(1),
  slug: slugRule.optional(),
  search: search.optional(),
  /** The performer's further pages, by name. */
  pages: z.record(z.string(), pathTemplate).default({}),
  /** A page that has it is a performer's; the name's elements unless told otherwise. */
  exists: selector.optional(),
  notFound: z.strictObject({
    elements: selector.optional(),
    title: pattern.optional(),
    /** What a good answer without `exists` is: nobody, or a page that this file does not fit (any more). */
    otherwise: z.enum(['not_found', 'unrecognised']),
  }),
  /** The page's own address, where it says so. */
  canonical: extract.optional(),
  name: extract,
  aliases: extract.optional(),
  /** Names that the site calls legal or birth names: they are dropped wherever they stand. */
  privateNames: extract.optional(),
  gender: z.strictObject({ from: extract, values: z.record(z.string(), gender) }).optional(),
  birthYear: extract.optional(),
  country: extract.optional(),
  links: extract.optional(),
  images: z.array(imageRule).default([]),
  /** The page of `pages` that has them, or the performer's own. */
  imagesOn: z.string().optional(),
  galleries: galleries.optional(),
  galleriesOn: z.string().optional(),
  caps: z.strictObject({
    /** Pictures per performer. */
    images: z.int().positive().max(500),
    /** Pages per performer, searches and galleries included. */
    pages: z.int().positive().max(100),
    /** Addresses that are tried for one performer. */
    attempts: z.int().positive().max(10).default(4),
  }),
  /** What a good page yields at least: by kind of page, then by selector. */
  canaries: z.strictObject({ performer: expectation, gallery: expectation.optional() }),
};

const pageRules = z.object(pageRulesShape);
type PageRules = z.output<typeof pageRules>;

/** What no field can say alone. */
export function refinePageRules(rules: PageRules, context: z.RefinementCtx): void {
  for (const field of ['imagesOn', 'galleriesOn'] as const) {
    const page = rules[field];
    if (page !== undefined && !(page in rules.pages)) {
      context.addIssue({ code: 'custom', path: [field], message: `is "${page}", which pages does not name` });
    }
  }
  const { use, fallback } = rules.transport;
  if (use === fallback) {
    context.addIssue({
      code: 'custom',
      path: ['transport', 'fallback'],
      message: 'is what is used anyway',
    });
  }
  if (rules.images.length === 0 && !rules.galleries) {
    context.addIssue({
      code: 'custom',
      path: ['images'],
      message: 'needs a rule, or there must be galleries',
    });
  }
}

/** One reference site, as the rooms that read its pages know it. */
export interface SiteDefinition extends PageRules {
  id: SourceId;
  /** The origin where pages are asked for. */
  site: string;
}
