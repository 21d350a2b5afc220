import { z } from 'zod';
import type { BodyModification, PerformerRecord } from '../../catalog/performer-record.ts';
import { ethnicities, eyeColors, genders, hairColors, translate } from './vocabulary.ts';

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(null);

/** A map of site label to address (live), an array of `{url, platform}` (published types), or nothing. */
const link = z.union([
  z.string(),
  z.object({ url: z.string() }).transform(({ url }) => url),
  z.unknown().transform(() => ''),
]);
export const links = z
  .union([z.array(link), z.record(z.string(), link).transform((map) => Object.values(map))])
  .nullish()
  .catch(null);

/** Everything about a performer that is a fact and no picture: free text, British spelling, units. */
export const extras = z
  .object({
    gender: text,
    birthday: text,
    birthday_timestamp: text,
    deathday: text,
    deathday_timestamp: text,
    birthplace_code: text,
    nationality: text,
    ethnicity: text,
    hair_colour: text,
    eye_colour: text,
    height: text,
    tattoos: text,
    piercings: text,
    career_start_year: text,
    career_end_year: text,
    links,
  })
  .partial();
export type Extras = z.infer<typeof extras>;

type Facts = Pick<
  PerformerRecord,
  | 'gender'
  | 'country'
  | 'ethnicity'
  | 'birthDate'
  | 'deathDate'
  | 'heightCm'
  | 'eyeColor'
  | 'hairColor'
  | 'careerStartYear'
  | 'careerEndYear'
  | 'tattoos'
  | 'piercings'
>;

/** The facts in the words of stash-boxes; what cannot be said in them is left out. */
export function readFacts(given: Extras): Facts {
  return {
    gender: translate(given.gender, genders),
    country: filled(given.nationality) ?? filled(given.birthplace_code),
    ethnicity: translate(given.ethnicity, ethnicities),
    birthDate: readDate(given.birthday, given.birthday_timestamp),
    deathDate: readDate(given.deathday, given.deathday_timestamp),
    heightCm: readHeight(given.height),
    eyeColor: translate(given.eye_colour, eyeColors),
    hairColor: translate(given.hair_colour, hairColors),
    careerStartYear: readYear(given.career_start_year),
    careerEndYear: readYear(given.career_end_year),
    tattoos: readModification(given.tattoos),
    piercings: readModification(given.piercings),
  };
}

type Text = string | null | undefined;

export function filled(value: Text): string | null {
  return value?.trim() || null;
}

/** `YYYY-MM-DD`, of a date or a time; the timestamp, s since 1970, serves where the date is missing. */
function readDate(date: Text, timestamp: Text): string | null {
  const seconds = filled(timestamp);
  const written = filled(date) ?? (seconds && /^-?\d+$/.test(seconds) ? isoOf(Number(seconds)) : '');
  const day = /^([12]\d{3}-(\d\d)-(\d\d))(?!\d)/.exec(written);
  return day?.[1] && !Number.isNaN(Date.parse(day[1])) ? day[1] : null;
}

function isoOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** `160cm`, or feet and inches, which would otherwise make somebody half a metre tall. */
function readHeight(height: Text): number | null {
  const digits = Number((height ?? '').replace(/\D/g, ''));
  return digits >= 100 && digits <= 250 ? digits : null;
}

function readYear(year: Text): number | null {
  const number = Number(filled(year) ?? Number.NaN);
  return Number.isInteger(number) && number >= 1900 && number <= 2100 ? number : null;
}

/** One string for all of them, so it stands as one. */
function readModification(given: Text): BodyModification[] {
  const location = filled(given);
  return location === null || /^(?:none|no|n\/a|unknown)\.?$/i.test(location)
    ? []
    : [{ location, description: null }];
}
