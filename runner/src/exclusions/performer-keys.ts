import { createHash } from 'node:crypto';
import type { Exclusion } from '@trainer/contract/exclusions';
import { normaliseUrl } from '../catalog/normalise-url.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { STASH_BOX_SITES } from '../catalog/site-rules.ts';
import { isCommonplace, normaliseName } from '../identity/name-similarity.ts';
import { normaliseCountry } from '../identity/record-node.ts';

/** What tells whom a record is about. */
export type IdentifyingFields = Pick<
  PerformerRecord,
  'endpoint' | 'remoteId' | 'mergedIds' | 'urls' | 'name' | 'aliases' | 'birthDate' | 'country'
>;

/** A key that keeps somebody out. */
export interface BlockedKey {
  key: string;
  /** Records of this endpoint are not meant: it holds two performers apart although they share the key. */
  spared: string | null;
}

/** The key that an exclusion names; null for faces, which have none. */
export function keyOfExclusion(exclusion: Exclusion): string | null {
  switch (exclusion.kind) {
    case 'stash_box_id':
      return idKey(exclusion.value.endpoint, exclusion.value.id);
    case 'url':
      return urlKey(exclusion.value.url);
    case 'name':
      return nameKey(exclusion.value.name, String(exclusion.value.birth_year));
    case 'face':
      return null;
  }
}

/** Every key under which an exclusion, or what is known of an excluded person, may name the record. */
export function keysOf(record: IdentifyingFields): string[] {
  const year = birthYear(record);
  const names = year === null ? [] : [record.name, ...record.aliases].map((name) => nameKey(name, year));
  return [
    ...ownIds(record),
    ...record.urls.flatMap((url) => urlKey(url) ?? []),
    ...names,
    ...originKeys(record),
  ];
}

/**
 * The keys that keep out what other sources say about the same person, by the signals that link records: ids,
 * addresses at sites where one address is one person, names with country and year of birth.
 */
export function blockedKeysOf(record: IdentifyingFields): BlockedKey[] {
  const own = { spared: record.endpoint };
  return [
    ...ownIds(record).map((key) => ({ key, spared: null })),
    ...record.urls.flatMap((url) => blockUrl(url, record.endpoint)),
    ...originKeys(record).map((key) => ({ key, ...own })),
  ];
}

function blockUrl(url: string, endpoint: string): BlockedKey[] {
  const known = normaliseUrl(url);
  const key = urlKey(url);
  if (known === null || key === null || known.confidence < 1) return [];
  return [{ key, spared: STASH_BOX_SITES.has(known.site) ? null : endpoint }];
}

function ownIds({ endpoint, remoteId, mergedIds }: IdentifyingFields): string[] {
  return [remoteId, ...mergedIds].map((id) => idKey(endpoint, id));
}

/** One common word says nothing, even with country and year. */
function originKeys(record: IdentifyingFields): string[] {
  const [year, country] = [birthYear(record), normaliseCountry(record.country)];
  if (year === null || country === null) return [];
  return [record.name, ...record.aliases]
    .map(normaliseName)
    .filter((name) => name !== '' && !isCommonplace(name))
    .map((name) => `origin ${name} ${year} ${country}`);
}

function birthYear({ birthDate }: IdentifyingFields): string | null {
  return /^\d{4}/.exec(birthDate ?? '')?.[0] ?? null;
}

export function idKey(endpoint: string, id: string): string {
  return `id ${endpoint} ${id.toLowerCase()}`;
}

function nameKey(name: string, year: string): string {
  return `name ${normaliseName(name)} ${year}`;
}

/** A performer's page at a stash-box is the id there; a page of a site without a rule is itself. */
export function urlKey(raw: string): string | null {
  const known = normaliseUrl(raw);
  if (known && STASH_BOX_SITES.has(known.site)) return idKey(known.site, known.id);
  if (known) return `url ${known.site} ${known.id}`;
  const url = URL.parse(raw.trim());
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  const host = url.hostname.replace(/^(?:www\.|m\.|mobile\.)+/, '');
  return `page ${host}${url.pathname.replace(/\/+$/, '')}${url.search}`.toLowerCase();
}

/** What is kept of a key: enough to know it again, and nothing to read. `salt` differs from catalog to catalog. */
export function hashKey(salt: string, key: string): string {
  return createHash('sha256').update(`${salt}\n${key}`).digest('hex');
}
