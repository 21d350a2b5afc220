/** Above this, two spellings are taken for one name. */
const SAME_NAME = 0.95;

/** Whether any name of the one is any name of the other, small differences of spelling allowed. */
export function shareName(some: readonly string[], others: readonly string[]): boolean {
  if (some.some((name) => others.includes(name))) return true;
  return bestSimilarity(some, others) > SAME_NAME;
}

/** The greatest similarity between any two of the names, 0 to 1; two-word names also with their words swapped. */
export function bestSimilarity(some: readonly string[], others: readonly string[]): number {
  let best = 0;
  for (const one of some) {
    for (const other of others) {
      best = Math.max(best, jaroWinkler(one, other), jaroWinkler(swapWords(one), other));
    }
  }
  return best;
}

function swapWords(name: string): string {
  const words = name.split(' ');
  return words.length === 2 ? `${words[1]} ${words[0]}` : name;
}

/** Jaro-Winkler similarity, 0 to 1: Jaro's, and up to four equal first letters count a tenth of the rest each. */
function jaroWinkler(one: string, other: string): number {
  const jaro = jaroSimilarity(one, other);
  let prefix = 0;
  while (prefix < 4 && prefix < one.length && one[prefix] === other[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroSimilarity(one: string, other: string): number {
  if (one === other) return one === '' ? 0 : 1;
  const reach = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (let i = 0; i < one.length; i++) {
    const end = Math.min(other.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (taken.has(j) || one[i] !== other[j]) continue;
      taken.add(j);
      matched.push(one[i] ?? '');
      break;
    }
  }
  if (matched.length === 0) return 0;
  const inOther = [...taken].sort((a, b) => a - b).map((j) => other[j]);
  const swapped = matched.filter((letter, i) => letter !== inOther[i]).length / 2;
  const m = matched.length;
  return (m / one.length + m / other.length + (m - swapped) / m) / 3;
}

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
