import { genders } from '@trainer/contract/sources';
import { parseDocument } from 'yaml';
import { z } from 'zod';

const DATE_EXPECTED = 'expected YYYY, YYYY-MM or YYYY-MM-DD, such as 1991-04-23';
/** YAML reads a bare year as a number. */
const fuzzyDate = z
  .union([z.string(), z.int().transform(String)], DATE_EXPECTED)
  .pipe(z.string().regex(/^\d{4}(-(?:0[1-9]|1[0-2])(-(?:0[1-9]|[12]\d|3[01]))?)?$/, DATE_EXPECTED));
const text = z.string().trim().min(1).max(500);
/** One where several may stand. */
function oneOrMore<T extends z.ZodType>(entry: T) {
  return z
    .preprocess((value) => (typeof value === 'string' ? [value] : (value ?? [])), z.array(entry))
    .default([]);
}
const gender = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim().toUpperCase().replaceAll(/[ -]/g, '_') : value),
  z.enum(genders, `expected one of ${genders.join(', ')}`).nullable(),
);
const modification = z.union([
  text.transform((location) => ({ location, description: null })),
  z.strictObject({ location: text, description: text.nullable().default(null) }),
]);

/** What may stand in `performer.yaml` beside the photos. Everything may be left out; the folder's name is the name. */
const performerFile = z
  .strictObject({
    name: text.optional(),
    disambiguation: text.nullable().default(null),
    aliases: oneOrMore(text),
    gender: gender.default(null),
    country: text.nullable().default(null),
    ethnicity: text.nullable().default(null),
    birth_date: fuzzyDate.nullable().default(null),
    death_date: fuzzyDate.nullable().default(null),
    height_cm: z.int().min(30).max(300).nullable().default(null),
    eye_color: text.nullable().default(null),
    hair_color: text.nullable().default(null),
    career_start_year: z.int().min(1900).max(2200).nullable().default(null),
    career_end_year: z.int().min(1900).max(2200).nullable().default(null),
    urls: oneOrMore(z.url({ protocol: /^https?$/, error: 'expected an address that begins with https://' })),
    tattoos: z.array(modification).default([]),
    piercings: z.array(modification).default([]),
  })
  .prefault({});
export type PerformerFile = z.output<typeof performerFile>;

/**
 * Reads the file's content; an empty one says nothing about the performer.
 *
 * @param file its name, for messages
 * @throws Error with every mistake, naming the field
 */
export function parsePerformerFile(content: string, file: string): PerformerFile {
  const document = parseDocument(content, { logLevel: 'silent' });
  const [broken] = document.errors;
  if (broken) throw new Error(`${file} is not YAML: ${broken.message.split('\n')[0]}`);
  const parsed = performerFile.safeParse(document.toJS({ maxAliasCount: 10 }) ?? undefined);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the file'}: ${message}`,
  );
  throw new Error(`${file} is wrong: ${mistakes.join('; ')}`);
}
