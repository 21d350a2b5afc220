import type { SourceId } from '@trainer/contract/sources';
import type { CatalogDatabase } from '../catalog/database.ts';
import { listFailedImages, listServedUrls } from '../catalog/find-images.ts';
import { findRecords, listLiveIds } from '../catalog/find-record.ts';
import { seenCount, seenIds } from '../catalog/task-state.ts';
import { isDue } from '../pictures/retry-images.ts';
import type { SourceMemory } from '../sources/base/source.ts';

const IDS_PER_PORTION = 500;
/** Some of them may be gone by now. */
const SERVED_IMAGES = 5;

/**
 * What the catalog remembers of a source, in the source's terms.
 * @param pack whose failed images are worth a visit; null when the run wants no faces
 */
export function rememberSource(
  source: SourceId,
  catalog: CatalogDatabase,
  pack: string | null,
  now: Date,
): SourceMemory {
  return {
    listServedUrls: () => listServedUrls(catalog, source, SERVED_IMAGES),
    async *idsToAskAgain() {
      for (let after = 0; pack !== null; ) {
        const failed = await listFailedImages(catalog, source, pack, after, IDS_PER_PORTION);
        const due = failed.filter((image) => isDue(image, now));
        if (due.length > 0) yield [...new Set(due.map(({ remoteId }) => remoteId))];
        if (failed.length < IDS_PER_PORTION) return;
        after = failed.at(-1)?.id ?? after;
      }
    },
    seenIds: (scan, remoteIds) => seenIds(catalog, scan, remoteIds),
    seenCount: (scan) => seenCount(catalog, scan),
    async heldIds(remoteIds) {
      const held = new Set<string>();
      for (let from = 0; from < remoteIds.length; from += IDS_PER_PORTION) {
        const records = await findRecords(catalog, source, remoteIds.slice(from, from + IDS_PER_PORTION));
        for (const { remoteId, deleted } of records.values()) if (!deleted) held.add(remoteId);
      }
      return held;
    },
    async *knownIds(start = '') {
      for (let after = start; ; ) {
        const ids = await listLiveIds(catalog, source, after, IDS_PER_PORTION);
        if (ids.length > 0) yield ids;
        if (ids.length < IDS_PER_PORTION) return;
        after = ids.at(-1) ?? after;
      }
    },
  };
}
