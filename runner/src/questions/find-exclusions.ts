import type { Exclusion } from '@trainer/contract/exclusions';
import type { Explanation } from '@trainer/contract/questions';
import type { CatalogDatabase } from '../catalog/database.ts';
import type { SourceDefinitions } from '../catalog/source-definitions.ts';
import { BlockedKeys, exclusionCause } from '../exclusions/blocked-keys.ts';
import { idKey, keyOfExclusion, urlKey } from '../exclusions/performer-keys.ts';
import { normaliseName } from '../identity/name-similarity.ts';
import { Domains } from '../identity/universal-id.ts';

type Attempt = Explanation['attempts'][number];

export interface FindExclusionsDeps {
  catalog: CatalogDatabase;
  /** The exclusions in force; empty when the caller may not see them. */
  exclusions: readonly Exclusion[];
}

/** Which exclusions and age rules block a performer who is not in the catalog. */
export async function findExclusions(
  about: string,
  { catalog, exclusions }: FindExclusionsDeps,
): Promise<Attempt[]> {
  const keys = keysOf(about, catalog.sources);
  const blocked = await BlockedKeys.load(catalog);
  const causes = new Set(keys.flatMap((key) => blocked.find(key).map(({ cause }) => cause)));
  const name = normaliseName(about);
  const isMeant = (exclusion: Exclusion) => {
    const key = keyOfExclusion(exclusion);
    const isNamed = exclusion.kind === 'name' && normaliseName(exclusion.value.name) === name;
    return isNamed || (key !== null && keys.includes(key)) || causes.has(exclusionCause(exclusion.id));
  };
  return [...exclusions.filter(isMeant).map(excluded), ...[...causes].flatMap(ineligible)];
}

/** The keys by which an id or an address may be blocked; a name alone is not a key. */
function keysOf(about: string, sources: SourceDefinitions): string[] {
  const address = urlKey(about);
  if (address !== null) return [address];
  const { endpoint, id } = Domains.of(sources.all()).parse(about);
  if (about.includes(':') && sources.find(endpoint)) return [idKey(endpoint, id)];
  const stashBoxes = sources.all().filter(({ kind }) => kind === 'stash-box');
  return stashBoxes.map((each) => idKey(each.id, about));
}

function excluded({ id, kind, value, created_at: at }: Exclusion): Attempt {
  const year = kind === 'name' ? ` (born ${value.birth_year})` : '';
  const why_not = `an exclusion keeps this person${year} out of every version`;
  return { source: 'exclusions', what: `exclusion ${id}`, why_not, url: null, at };
}

const GLOSSES: { [reason: string]: string } = {
  under_age: 'the birth date that a source gives makes this person younger than 18',
  under_age_at_start:
    'by the dates that a source gives this person was younger than 18 when the career began',
};

function ineligible(cause: string): Attempt[] {
  const why_not = GLOSSES[cause.slice(0, cause.indexOf(':'))];
  return why_not ? [{ source: 'eligibility', what: 'the dates', why_not, url: null, at: null }] : [];
}
