import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** The usable pictures of everybody. */
export const variants = ['portrait', 'tighter', 'wider', 'mirrored', 'brighter', 'turned'] as const;

/** Pictures without one usable face, and why. */
const spoiledKinds = [
  'no_face',
  'too_small',
  'face_too_small',
  'two_faces',
  'broken',
  'svg',
  'missing',
  'truncated',
] as const;

const text = z.string().min(1);
const bodyModificationSchema = z.object({ location: text, description: text.nullable().default(null) });

const personSchema = z.strictObject({
  /** Never shown; ids are made of it. */
  key: z.string().regex(/^[a-z-]+$/),
  /** `sample3/2` is the second face from the left of that photo. */
  face: z.string().regex(/^sample\d\/\d$/),
  spoiled: z.array(z.enum(spoiledKinds)).default([]),
  /** One of the good pictures that is slow to come. */
  slow: z.enum(variants).optional(),
  /** One of the good pictures that is answered with 429 the first time. */
  throttled: z.enum(variants).optional(),
  /** Keys of performers that were merged into this one. */
  merged: z.array(text).default([]),
  name: text,
  disambiguation: text.optional(),
  aliases: z.array(text).default([]),
  gender: text.optional(),
  birth_date: text.optional(),
  country: text.optional(),
  eye_color: text.optional(),
  hair_color: text.optional(),
  height: z.int().optional(),
  career_start_year: z.int().optional(),
  career_end_year: z.int().optional(),
  tattoos: z.array(bodyModificationSchema).optional(),
  piercings: z.array(bodyModificationSchema).optional(),
  urls: z.array(z.tuple([text, z.url()])).default([]),
});

export type Variant = (typeof variants)[number];
export type SpoiledKind = (typeof spoiledKinds)[number];
export type Person = z.infer<typeof personSchema>;

/** The invented people of the demo, in order. */
export function readPeople(): Person[] {
  return z.array(personSchema).parse(parse(readFileSync(new URL('people.yaml', import.meta.url), 'utf8')));
}
