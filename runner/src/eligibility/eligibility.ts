import { normaliseName } from '../identity/name-similarity.ts';

/** Full years that somebody must have, today and when their career began. */
const AGE_OF_MAJORITY = 18;

/** Why somebody is dropped for their age. */
export type AgeReason = 'under_age' | 'under_age_at_start';

interface KnownAge {
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; anything else says nothing. */
  birthDate: string | null;
  careerStartYear: number | null;
}

/**
 * Whether a birth date makes somebody under 18 today, or when their career began; null when it does neither.
 *
 * What is not known counts against the person where time will settle it: of a birth date without day or month the last day
 * is taken, so somebody of whom only the year is known comes in a year late at most. A career is known to the year only, and
 * the year of the 18th birthday counts as of age: many begin in it, and nothing says that they began before the day.
 * A start before that year, or before the birth, drops the performer: either it is true or the data are not to be trusted.
 */
export function checkAge({ birthDate, careerStartYear }: KnownAge, today: Date): AgeReason | null {
  const birth = latestBirth(birthDate);
  if (birth === null) return null;
  const ofAge = `${yearOf(birth) + AGE_OF_MAJORITY}${birth.slice(4)}`;
  if (today.toISOString().slice(0, 10) < ofAge.padStart(10, '0')) return 'under_age';
  const isEarly = careerStartYear !== null && careerStartYear - yearOf(birth) < AGE_OF_MAJORITY;
  return isEarly ? 'under_age_at_start' : null;
}

/** The last day that a fuzzy date may mean, `YYYY-MM-DD`. */
function latestBirth(date: string | null): string | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date?.trim() ?? '') ?? [];
  if (year === undefined) return null;
  // Texts are compared, so the 31st is a good last day of any month.
  return `${year}-${month ?? '12'}-${day ?? '31'}`;
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

/** What sites write beside the names that people were born with or sign with. */
const LABEL = '(?:birth|legal|real|maiden|civil|given)[ -]?names?';
const LABELLED = new RegExp(String.raw`\b${LABEL}\b|[([]\s*(?:born|legal|real|née|nee)\b|\bnée\s`, 'iu');
const WORDS = new RegExp(String.raw`[([][^)\]]*[)\]]|\b${LABEL}\b|\bnée\b|[:–-]\s*$|^\s*[:–-]`, 'giu');

/**
 * Aliases without those that their source labels as legal or birth names, and without the same name where it stands
 * unlabelled: such names are never stored. A performer's main name is not an alias and not looked at.
 */
export function dropPrivateNames(aliases: readonly string[]): string[] {
  const secret = new Set(aliases.filter(isLabelled).map((alias) => normaliseName(alias.replace(WORDS, ' '))));
  return aliases.filter((alias) => !isLabelled(alias) && !secret.has(normaliseName(alias)));
}

function isLabelled(alias: string): boolean {
  return LABELLED.test(alias);
}
