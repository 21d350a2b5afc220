import { createHash } from 'node:crypto';
import type { ReferenceMode } from '@trainer/contract/sources';
import { normaliseUrl } from '../catalog/normalise-url.ts';
import type { EnrichSource, KnownPerformer, RemoteId } from '../sources/base/enrich-source.ts';
import type { Candidate } from './list-candidates.ts';

/** A performer as a source is asked about it. */
export interface LookUpQuery {
  known: KnownPerformer;
  /** Equal as long as asking again would mean the same. Names that only pages gave are left out: a source's own answer
   * would change it. */
  askedWith: string;
}

export function lookUpQueryOf(
  candidate: Candidate,
  mode: ReferenceMode,
  source: Pick<EnrichSource, 'id' | 'edition'>,
): LookUpQuery {
  const { name, aliases, records, gender, birthYear } = candidate;
  const urls = records.flatMap((record) => record.urls);
  const ids = records.map(({ endpoint, remoteId }) => ({ endpoint, remoteId }));
  const addresses = urls.filter((url) => normaliseUrl(url)?.site === source.id);
  const query = [source.edition ?? '', mode, name, aliases, addresses, ids, gender, birthYear];
  return {
    known: { name, aliases: [...aliases, ...candidate.pageNames], urls, ids, gender, birthYear },
    askedWith: createHash('sha256').update(JSON.stringify(query)).digest('hex').slice(0, 16),
  };
}

/** The record whose address at the site led to a page, as far as addresses tell; null when only a name did. */
export function recordOfPage({ records }: Candidate, site: string, pageUrl: string): RemoteId | null {
  const page = normaliseUrl(pageUrl);
  const keyed = records.flatMap(({ endpoint, remoteId, urls }) =>
    urls
      .map((url) => ({ endpoint, remoteId, key: normaliseUrl(url) }))
      .filter(({ key }) => key?.site === site),
  );
  // One address may lead on to another, as old ids do.
  const found = keyed.find(({ key }) => key?.id === page?.id) ?? keyed[0];
  return found ? { endpoint: found.endpoint, remoteId: found.remoteId } : null;
}
