import type { ReferenceMode } from '@trainer/contract/sources';
import type { SiteDefinition } from './definition/definition.ts';
import { fillPath } from './definition/patterns.ts';
import { makeSlugs } from './names/make-slugs.ts';
import type { KnownPerformer } from './names/same-performer.ts';
import { transformValues } from './reading/extract-values.ts';
import { type Address, findAddresses, readAddress } from './reading/find-addresses.ts';
import { readHits } from './reading/read-hits.ts';
import type { Visit } from './visit.ts';

/**
 * Where a performer may be, the likeliest first: by url the stored addresses, by name slugs that are made of the names
 * and, when those are used up, what the site's search says. At most `caps.attempts`.
 */
export async function* proposeAddresses(
  definition: SiteDefinition,
  performer: KnownPerformer,
  mode: ReferenceMode,
  visit: Visit,
): AsyncGenerator<Address> {
  const proposed = new Set<string>();
  for await (const address of unlimited(definition, performer, mode, visit)) {
    if (proposed.size >= definition.caps.attempts) return;
    if (proposed.has(address.key)) continue;
    proposed.add(address.key);
    yield address;
  }
}

async function* unlimited(
  definition: SiteDefinition,
  performer: KnownPerformer,
  mode: ReferenceMode,
  visit: Visit,
): AsyncGenerator<Address> {
  if (mode === 'url') return yield* findAddresses(definition, performer.urls);
  // One place is left for what the search finds.
  const guesses = guessAddresses(definition, performer);
  yield* definition.search ? guesses.slice(0, definition.caps.attempts - 1) : guesses;
  yield* searchAddresses(definition, performer.name, visit);
}

/** Of the name, then of the aliases that have several words: one word is everybody's. */
export function guessAddresses(definition: SiteDefinition, { name, aliases }: KnownPerformer): Address[] {
  const { slug: rule } = definition;
  if (!rule) return [];
  const names = [name, ...aliases.filter((alias) => /\S\s+\S/.test(alias))];
  const slugs = names.flatMap((one) => makeSlugs(one, rule.style, rule.bothOrders));
  const urls = slugs.map((slug) => new URL(fillPath(rule.page, { slug }), definition.site).href);
  return findAddresses(definition, urls);
}

async function* searchAddresses(
  definition: SiteDefinition,
  name: string,
  visit: Visit,
): AsyncGenerator<Address> {
  const { search } = definition;
  const term = search && transformValues([name], search.term)[0];
  if (!search || !term) return;
  const url = new URL(fillPath(search.page, { term }), definition.site).href;
  const answer = await visit.open(url, 'whole');
  if (!answer) return;
  const hits = readHits(search, answer, name);
  visit.note(url, 'search', { 'search.hits': hits.found, 'search.exact': hits.links.length });
  if (hits.links.length === 0) {
    visit.attempts.push({
      url,
      outcome: 'not_found',
      reason: `none of ${hits.found} hits has exactly this name`,
    });
  }
  for (const link of hits.links) {
    const address = readAddress(definition, link);
    if (address) yield address;
  }
}
