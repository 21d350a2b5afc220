import { shareName } from './name-similarity.ts';
import type { RecordNode } from './record-node.ts';

/** What two records say about each other beside their addresses. */
export interface Comparison {
  namesAgree: boolean;
  /**
   * `same_day`: both give a whole date, the same. `same`: equal as far as both go. `near`: within a year, as slips of the pen
   * are. `different`: more than that.
   */
  birth: 'same_day' | 'same' | 'near' | 'different' | 'unknown';
  country: 'same' | 'different' | 'unknown';
  gendersClash: boolean;
}

/** Fields of a record that contradict those of another. */
export type Contradiction = 'birth_dates' | 'genders';

export function compareRecords(one: RecordNode, other: RecordNode): Comparison {
  return {
    namesAgree: shareName(one.names, other.names),
    birth: compareBirth(one.birthDate, other.birthDate),
    country: compareCountry(one.country, other.country),
    gendersClash: gendersClash(one.gender, other.gender),
  };
}

/** Why two records cannot be one performer by what they say, or null. */
export function contradictionOf(one: RecordNode, other: RecordNode): Contradiction | null {
  if (compareBirth(one.birthDate, other.birthDate) === 'different') return 'birth_dates';
  return gendersClash(one.gender, other.gender) ? 'genders' : null;
}

function compareBirth(one: string | null, other: string | null): Comparison['birth'] {
  const [a, b] = [dateParts(one), dateParts(other)];
  const [year = 0] = a;
  const [otherYear = 0] = b;
  if (a.length === 0 || b.length === 0) return 'unknown';
  if (Math.abs(year - otherYear) > 1) return 'different';
  const common = Math.min(a.length, b.length);
  if (a.slice(0, common).some((part, i) => part !== b[i])) return 'near';
  return common === 3 ? 'same_day' : 'same';
}

/** Year, month, day as far as they are given; the first of January is what people write who know the year only. */
function dateParts(date: string | null): number[] {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(date ?? '');
  if (!parts) return [];
  const known = parts.slice(1).flatMap((part) => (part === undefined ? [] : [Number(part)]));
  return known[1] === 1 && known[2] === 1 ? known.slice(0, 1) : known;
}

function compareCountry(one: string | null, other: string | null): Comparison['country'] {
  if (one === null || other === null) return 'unknown';
  return one === other ? 'same' : 'different';
}

/** Couples share accounts; and who changed gender is listed with either one, so only these two exclude each other. */
function gendersClash(one: string | null, other: string | null): boolean {
  return (one === 'MALE' && other === 'FEMALE') || (one === 'FEMALE' && other === 'MALE');
}
