import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PerformerRecord } from '../../catalog/performer-record.ts';
import type { ListedPerformer } from '../base/source.ts';
import { extras, filled, type links, readFacts } from './read-extras.ts';
import { areImagesWhole, imageFields, readImages } from './read-images.ts';

/** The web addresses among them, each once, as they are written; handles and empty places are none. */
function readLinks(given: z.infer<typeof links>): string[] {
  const addresses = (given ?? []).map((one) => one.trim());
  return [...new Set(addresses.filter((one) => /^https?:\/\//i.test(one) && URL.canParse(one)))];
}

const named = z.object({ name: z.string() });
const name = z.union([z.string(), named.transform((one) => one.name), z.unknown().transform(() => '')]);

const nameFields = {
  aliases: z
    .union([z.array(name), z.string().transform((list) => list.split(','))])
    .nullish()
    .catch(null),
  /** One and the same performer as single sites call it. */
  site_performers: z.array(name).nullish().catch(null),
};
type NameFields = z.infer<z.ZodObject<typeof nameFields>>;

/** Every other name, once, in any of the forms in which aliases were seen: strings, one with commas, objects. */
function readAliases(canonical: string, { aliases, site_performers }: NameFields): string[] {
  const found = new Map<string, string>();
  for (const given of [...(aliases ?? []), ...(site_performers ?? [])]) {
    const alias = given.trim();
    const key = alias.toLowerCase();
    if (alias !== '' && key !== canonical.toLowerCase() && !found.has(key)) found.set(key, alias);
  }
  return [...found.values()];
}

const id = z.union([z.string().min(1), z.int().transform(String)]);
const text = z.string().nullish().catch(null);

const performerRow = z.object({
  id,
  name: z.string().trim().min(1),
  slug: text,
  disambiguation: text,
  // An empty PHP array where an object was due means that nothing is known.
  extras: z.preprocess((value) => (Array.isArray(value) ? {} : (value ?? {})), extras),
  ...nameFields,
  ...imageFields,
});
type PerformerRow = z.infer<typeof performerRow>;

type ReadRow = { performer: ListedPerformer } | { what: string; reason: string };

const PERFORMER_PAGE = 'https://theporndb.net/performers/';

/** One performer as the REST interface gives it, or why it cannot be read. */
export function readPerformer(value: unknown): ReadRow {
  const parsed = performerRow.safeParse(value);
  if (!parsed.success) return { what: whatIsIt(value), reason: z.prettifyError(parsed.error) };
  const addresses = readImages(parsed.data);
  const unsigned = readRecord(parsed.data, addresses);
  const revision = hash([unsigned, addresses]);
  const images = addresses.map((url) => ({ url, widthPx: null, heightPx: null, revision }));
  const isWhole = areImagesWhole(parsed.data);
  return { performer: { record: { ...unsigned, updated: revision }, images, isWhole } };
}

/** The id of a row that may not be readable otherwise, or null. */
export function readId(value: unknown): string | null {
  const parsed = z.looseObject({ id }).safeParse(value);
  return parsed.success ? parsed.data.id : null;
}

function readRecord(row: PerformerRow, addresses: string[]): PerformerRecord {
  const slug = filled(row.slug);
  return {
    endpoint: 'theporndb',
    remoteId: row.id,
    name: row.name,
    disambiguation: filled(row.disambiguation),
    ...readFacts(row.extras),
    sceneCount: null,
    imageUrl: addresses[0] ?? null,
    updated: null,
    aliases: readAliases(row.name, row),
    // Others link to its page by slug as often as by id.
    urls: [...(slug ? [PERFORMER_PAGE + encodeURIComponent(slug)] : []), ...readLinks(row.extras.links)],
    mergedIds: [],
  };
}

/** Stands in for the time of the last change, which ThePornDB does not tell. */
function hash(content: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32)}`;
}

function whatIsIt(value: unknown): string {
  const known = readId(value);
  return known === null ? 'a performer without an id' : `performer ${known.slice(0, 64)}`;
}
