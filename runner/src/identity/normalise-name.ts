/** A name as it is compared: lower case, without accents and punctuation, hyphens as spaces. Kana and kanji stay as they are. */
export function normaliseName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\p{Pd}_]/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N} ]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Distinct normalised names, the record's own one first; empty ones are left out. */
export function normaliseNames(name: string, aliases: readonly string[]): string[] {
  return [...new Set([name, ...aliases].map(normaliseName))].filter((each) => each !== '');
}

/** One Latin word: too many people share it for it to say who somebody is. */
export function isCommonplace(name: string): boolean {
  return !name.includes(' ') && /^[a-z0-9]*$/.test(name);
}
