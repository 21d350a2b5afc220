import { normaliseUrl } from '../../src/catalog/normalise-url.ts';
import type { PerformerRecord } from '../../src/catalog/performer-record.ts';
import { isCommonplace, normaliseNames } from '../../src/identity/name-similarity.ts';
import type { World } from './world.ts';

/** What a result is held against, found without the code that is measured. */
export interface TruePairs {
  /** Two live records of one person at two stash-boxes: `<ref> <ref>`, the smaller one first. */
  all: Set<string>;
  /** Those of them that have something in common that may link them. */
  withEvidence: Set<string>;
}

/**
 * The pairs that should be found. Evidence is: one gives the other's address at its stash-box; both give a profile of a
 * site with real ids; both give a page of a site with slugs and have a name in common; or name, country and birth year are
 * equal. What several records of one stash-box have is evidence of nothing, and does not count.
 */
export function findTruePairs({ events, truth }: World): TruePairs {
  const live = liveRecords(events);
  const keys = new Map([...live].map(([ref, record]) => [ref, keysOf(record)]));
  const voided = contested(live, keys);
  const pairs: TruePairs = { all: new Set(), withEvidence: new Set() };
  for (const refs of Map.groupBy(live.keys(), (ref) => truth.get(ref)).values()) {
    for (const [i, one] of refs.entries()) {
      for (const other of refs.slice(i + 1)) {
        const [a, b] = [live.get(one), live.get(other)];
        if (!a || !b || a.endpoint === b.endpoint) continue;
        const pair = pairOf(one, other);
        pairs.all.add(pair);
        const common = [...(keys.get(one) ?? [])].filter(
          (key) => keys.get(other)?.has(key) && !voided.has(key),
        );
        if (common.some((key) => !key.startsWith('slug ') || haveName(a, b))) pairs.withEvidence.add(pair);
      }
    }
  }
  return pairs;
}

export function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

function liveRecords(events: World['events']): Map<string, PerformerRecord> {
  const live = new Map<string, PerformerRecord>();
  for (const event of events) {
    if (event.kind === 'record') live.set(`${event.record.endpoint}:${event.record.remoteId}`, event.record);
    else live.delete(`${event.endpoint}:${event.kind === 'merged' ? event.from : event.remoteId}`);
  }
  return live;
}

function keysOf(record: PerformerRecord): Set<string> {
  const year = record.birthDate?.slice(0, 4);
  const addresses = record.urls.flatMap((url) => {
    const key = normaliseUrl(url);
    return key ? [`${key.confidence >= 1 ? 'id' : 'slug'} ${key.site}/${key.id}`] : [];
  });
  const names = normaliseNames(record.name, record.aliases).filter((name) => !isCommonplace(name));
  return new Set([
    `id ${record.endpoint}/${record.remoteId}`,
    ...addresses,
    ...(year && record.country ? names.map((name) => `name ${name}/${record.country}/${year}`) : []),
  ]);
}

function contested(live: Map<string, PerformerRecord>, keys: Map<string, Set<string>>): Set<string> {
  const [seen, twice] = [new Set<string>(), new Set<string>()];
  for (const [ref, record] of live) {
    for (const key of keys.get(ref) ?? []) {
      const place = `${record.endpoint} ${key}`;
      if (seen.has(place)) twice.add(key);
      seen.add(place);
    }
  }
  return twice;
}

function haveName(one: PerformerRecord, other: PerformerRecord): boolean {
  const names = normaliseNames(other.name, other.aliases);
  return normaliseNames(one.name, one.aliases).some((name) => names.includes(name));
}
