import { normaliseName } from '../identity/normalise-name.ts';

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
