import { normaliseUrl } from '../catalog/normalise-url.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { isCommonplace, normaliseNames } from './name-similarity.ts';

/** A record as identity looks at it: what it says about who it is. */
export interface RecordNode {
  /** Names the record wherever pairs are kept: `<endpoint>:<id>`. */
  ref: string;
  /** Null while the catalog does not hold it. */
  recordId: number | null;
  performerId: number | null;
  endpoint: string;
  remoteId: string;
  name: string;
  /** Normalised, its own name first. */
  names: string[];
  birthDate: string | null;
  country: string | null;
  gender: string | null;
  keys: NodeKey[];
}

/** Something that two records of one performer may have in common. */
export interface NodeKey {
  /** A site of `site-rules.ts`, or `NAME_SITE`. */
  site: string;
  id: string;
  confidence: number;
  /**
   * `own`: the record itself is found there. `merged`: its stash-box says that this id became the record. `listed`: it says
   * that the performer is found there.
   */
  role: 'own' | 'merged' | 'listed';
  /** The address as the record lists it. */
  url: string | null;
}

/** The site of keys made of a name, a country and a birth year. */
export const NAME_SITE = 'name';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function refOf(endpoint: string, remoteId: string): string {
  return `${endpoint}:${remoteId}`;
}

export function keyText({ site, id }: Pick<NodeKey, 'site' | 'id'>): string {
  return `${site}/${id}`;
}

export function nodeOf(
  record: PerformerRecord,
  held: { recordId: number; performerId: number } | null,
): RecordNode {
  const names = normaliseNames(record.name, record.aliases);
  return makeNode({
    recordId: held?.recordId ?? null,
    performerId: held?.performerId ?? null,
    endpoint: record.endpoint,
    remoteId: record.remoteId,
    name: record.name,
    names,
    birthDate: record.birthDate,
    country: normaliseCountry(record.country),
    gender: record.gender,
    listed: record.urls.flatMap((url) => {
      const key = normaliseUrl(url);
      return key ? [{ ...key, url }] : [];
    }),
    mergedIds: record.mergedIds,
  });
}

export interface NodeParts extends Omit<RecordNode, 'ref' | 'keys'> {
  listed: (Pick<NodeKey, 'site' | 'id' | 'confidence'> & { url: string })[];
  mergedIds: string[];
}

export function makeNode({ listed, mergedIds, ...parts }: NodeParts): RecordNode {
  const { endpoint, remoteId } = parts;
  const keys: NodeKey[] = [
    { site: endpoint, id: remoteId.toLowerCase(), confidence: 1, role: 'own', url: null },
    ...mergedIds.map((id) => ({
      site: endpoint,
      id: id.toLowerCase(),
      confidence: 1,
      role: 'merged' as const,
      url: null,
    })),
    ...listed.flatMap((key) => listedKey(key, endpoint)),
    ...nameKeys(parts),
  ];
  // A key that is owned says more than the same one listed.
  const distinct = new Map(keys.toReversed().map((key) => [keyText(key), key]));
  return { ...parts, ref: refOf(endpoint, remoteId), keys: [...distinct.values()].toReversed() };
}

/**
 * A page of the record's own stash-box is the record's own where it is named by a slug (ThePornDB). Named by an id it is
 * another record of that stash-box, which is for the stash-box to merge.
 */
function listedKey(key: NodeParts['listed'][number], endpoint: string): NodeKey[] {
  if (key.site !== endpoint) return [{ ...key, role: 'listed' }];
  return UUID.test(key.id) ? [] : [{ ...key, role: 'own' }];
}

function nameKeys(parts: Pick<NodeParts, 'names' | 'country' | 'birthDate'>): NodeKey[] {
  return tellingNames(parts).map(({ name, country, year }) => ({
    site: NAME_SITE,
    id: [name, country, year].join('|'),
    confidence: 0,
    role: 'listed',
    url: null,
  }));
}

/** The names that, with country and birth year, may say who somebody is; none where one of these is not known. */
export function tellingNames({
  names,
  country,
  birthDate,
}: Pick<NodeParts, 'names' | 'country' | 'birthDate'>): { name: string; country: string; year: string }[] {
  const year = birthYear(birthDate);
  if (country === null || year === null) return [];
  return names
    .filter((name, index) => index === 0 || !isCommonplace(name))
    .map((name) => ({ name, country, year }));
}

export function birthYear(birthDate: string | null): string | null {
  return /^\d{4}/.exec(birthDate ?? '')?.[0] ?? null;
}

export function normaliseCountry(country: string | null): string | null {
  return country?.replaceAll('|', ' ').trim().toUpperCase() || null;
}
