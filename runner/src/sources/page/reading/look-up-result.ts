import type { Gender } from '@trainer/contract/sources';
import type { ReadPage } from '../../base/enrich-source.ts';
import type { PageImage } from './read-images.ts';
import type { Matched } from './read-performer.ts';

export const outcomes = {
  found: 'the performer’s page, with pictures',
  empty: 'the performer’s page, without a picture of use',
  unchanged: 'the performer’s pages are as they were known',
  not_found: 'the site does not know the performer',
  mismatch: 'a page of that address is about somebody else',
  unrecognised: 'a page that the definition does not fit: the site may have changed',
  failed: 'the page could not be read; another time it may',
  skipped: 'nothing was asked',
} as const;
export type Outcome = keyof typeof outcomes;

/** One address that was tried, and what came of it. */
export interface Attempt {
  url: string;
  outcome: Outcome;
  reason: string | null;
}

/** A page that was read, and how often each named selector of the definition found something on it. */
export interface PageReading {
  url: string;
  kind: 'performer' | 'listing' | 'gallery' | 'search';
  matched: Matched;
}

/** What a site says about one performer. */
export interface LookUpResult {
  outcome: Outcome;
  /** In words, when it is not `found`. */
  reason: string | null;
  page: FoundPage | null;
  images: PageImage[];
  attempts: Attempt[];
  pages: PageReading[];
  /** The sums of `pages`. */
  matched: Matched;
  /** Pages that came whole or unchanged, with what to ask with next time. */
  read: ReadPage[];
  /** Pages asked for. */
  requests: number;
  /** What went wrong on the way without spoiling it. */
  problems: string[];
}

export interface FoundPage {
  url: string;
  /** Equal for two spellings of one address. */
  key: string;
  /** The address that was asked for, when the site led on to another. */
  movedFrom: string | null;
  name: string;
  aliases: string[];
  withheldAliases: number;
  links: string[];
  gender: Gender | null;
  birthYear: number | null;
  country: string | null;
}

/** Nothing asked, and why. */
export function skipped(reason: string): LookUpResult {
  return {
    outcome: 'skipped',
    reason,
    page: null,
    images: [],
    attempts: [],
    pages: [],
    matched: {},
    read: [],
    requests: 0,
    problems: [],
  };
}
