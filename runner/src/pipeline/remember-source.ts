import type { SourceId } from '@trainer/shared/sources';
import type { ReadableCatalog } from '../catalog/catalog.ts';
import type { SourceMemory } from '../sources/source.ts';

const IDS_PER_PORTION = 500;

/** What the catalog remembers of a source, in the source's terms. */
export function rememberSource(source: SourceId, catalog: ReadableCatalog): SourceMemory {
  return {
    seenIds: (scan, remoteIds) => catalog.seenIds(scan, remoteIds),
    seenCount: (scan) => catalog.seenCount(scan),
    async heldIds(remoteIds) {
      const held = new Set<string>();
      for (let from = 0; from < remoteIds.length; from += IDS_PER_PORTION) {
        const records = await catalog.findRecords(source, remoteIds.slice(from, from + IDS_PER_PORTION));
        for (const { remoteId, deleted } of records.values()) if (!deleted) held.add(remoteId);
      }
      return held;
    },
    async *knownIds(start = '') {
      for (let after = start; ; ) {
        const ids = await catalog.liveIds(source, after, IDS_PER_PORTION);
        if (ids.length > 0) yield ids;
        if (ids.length < IDS_PER_PORTION) return;
        after = ids.at(-1) ?? after;
      }
    },
  };
}
