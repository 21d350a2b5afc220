import { foldToAscii, isLatin } from './fold-to-ascii.ts';

export type SlugStyle = 'underscore' | 'hyphen';

/**
 * The slugs that a name may have on a site, the likeliest first; none for a name in another script. Accents are folded,
 * and where the site keeps the name as it is written, that is tried too.
 */
export function makeSlugs(name: string, style: SlugStyle, bothOrders = false): string[] {
  if (!isLatin(name)) return [];
  const words = name.trim().split(/\s+/);
  const orders = bothOrders && words.length > 1 ? [words, words.toReversed()] : [words];
  const slugs = orders.flatMap((order) =>
    style === 'hyphen' ? [hyphenSlug(order.join(' '))] : underscoreSlugs(order.join(' ')),
  );
  return [...new Set(slugs)].filter((slug) => slug !== '');
}

/** Lower case, hyphens between words, and nothing but `a-z0-9-`: `Name O'Brien (Test)` becomes `name-obrien-test`. */
export function hyphenSlug(name: string): string {
  return foldToAscii(name)
    .toLowerCase()
    .replace(/\s+/g, '-')
    .replace(/[^a-z0-9-]/g, '')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
}

function underscoreSlugs(name: string): string[] {
  return [foldToAscii(name), name].map((one) => one.replaceAll(' ', '_'));
}
