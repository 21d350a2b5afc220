import { genders } from '@trainer/shared/sources';
import { parseDocument } from 'yaml';
import { z } from 'zod';

/** What may stand in `performer.yaml` beside the photos. Everything may be left out; the folder's name is the name. */
const fuzzyDate = z
  .string()
  .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'expected YYYY, YYYY-MM or YYYY-MM-DD, in quotes');
const text = z.string().trim().min(1).max(500);
const modification = z.union([
  text.transform((location) => ({ location, description: null })),
  z.strictObject({ location: text, description: text.nullable().default(null) }),
]);

const performerFile = z
  .strictObject({
    name: text.optional(),
    disambiguation: text.nullable().default(null),
    aliases: z.array(text).default([]),
    gender: z.enum(genders).nullable().default(null),
    country: text.nullable().default(null),
    ethnicity: text.nullable().default(null),
    birth_date: fuzzyDate.nullable().default(null),
    death_date: fuzzyDate.nullable().default(null),
    height_cm: z.int().min(30).max(300).nullable().default(null),
    eye_color: text.nullable().default(null),
    hair_color: text.nullable().default(null),
    career_start_year: z.int().min(1900).max(2200).nullable().default(null),
    career_end_year: z.int().min(1900).max(2200).nullable().default(null),
    urls: z.array(z.url({ protocol: /^https?$/ })).default([]),
    tattoos: z.array(modification).default([]),
    piercings: z.array(modification).default([]),
  })
  .prefault({});
export type PerformerFile = z.output<typeof performerFile>;

/**
 * Reads the file's content; an empty one says nothing about the performer.
 *
 * @throws Error with every mistake on a line of its own, naming the field
 */
export function parsePerformerFile(content: string): PerformerFile {
  const document = parseDocument(content, { logLevel: 'silent' });
  const [broken] = document.errors;
  if (broken) throw new Error(`performer.yaml is not YAML: ${broken.message.split('\n')[0]}`);
  const parsed = performerFile.safeParse(document.toJS({ maxAliasCount: 10 }) ?? undefined);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the file'}: ${message}`,
  );
  throw new Error(`performer.yaml is wrong: ${mistakes.join('; ')}`);
}
