import type { Gender, ReferenceMode } from '@trainer/contract/sources';
import { foldToAscii } from './fold-to-ascii.ts';

/** Whom the catalog is looking for. */
export interface KnownPerformer {
  name: string;
  aliases: readonly string[];
  /** As stash-boxes gave them. */
  urls: readonly string[];
  gender: Gender | null;
  birthYear: number | null;
}

/** What a page says of the one it is about. */
export interface PageIdentity {
  name: string;
  aliases: readonly string[];
  gender: Gender | null;
  birthYear: number | null;
}

/** The form in which two spellings of one name meet: letters and digits, folded. */
export function nameKey(name: string): string {
  return foldToAscii(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Whether two names are the same, the order of two words aside: some sites put the family name first. */
export function isSameName(one: string, other: string): boolean {
  const key = nameKey(one);
  return key !== '' && keysOf(other).includes(key);
}

/**
 * Why the page is about somebody else, or null. A stored address brought us by url, so any common name will do; a
 * guessed one needs the performer's own name, or an alias of several words that is the page's name.
 */
export function whyNotSame(known: KnownPerformer, page: PageIdentity, mode: ReferenceMode): string | null {
  const aliases = mode === 'url' ? known.aliases : known.aliases.filter((alias) => /\S\s+\S/.test(alias));
  const isNamed =
    [known.name, ...aliases].some((name) => isSameName(name, page.name)) ||
    (mode === 'url' ? [known.name, ...aliases] : [known.name]).some((name) =>
      page.aliases.some((alias) => isSameName(name, alias)),
    );
  if (!isNamed) return `the page is about "${page.name}", which is no name of "${known.name}"`;
  if (isOpposite(known.gender, page.gender)) return `the page says ${page.gender}, not ${known.gender}`;
  return whyNotSameYear(known.birthYear, page.birthYear);
}

function whyNotSameYear(known: number | null, page: number | null): string | null {
  if (known === null || page === null || Math.abs(known - page) <= 1) return null;
  return `the page says born in ${page}, not ${known}`;
}

/** Sites and stash-boxes differ about trans performers, and seldom about the rest. */
function isOpposite(known: Gender | null, page: Gender | null): boolean {
  return (known === 'FEMALE' && page === 'MALE') || (known === 'MALE' && page === 'FEMALE');
}

function keysOf(name: string): string[] {
  const words = name.trim().split(/\s+/);
  return words.length === 2 ? [nameKey(name), nameKey(words.toReversed().join(' '))] : [nameKey(name)];
}
