import { setImmediate } from 'node:timers/promises';
import type { EnforcedExclusions } from '@trainer/contract/exclusions';
import type { CatalogDatabase } from '../catalog/database.ts';
import { exclusionCounts } from '../catalog/schema/exclusions.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { ExclusionFilter, RefusalReason } from './exclusion-filter.ts';
import { scrubFile } from './forget-performer.ts';
import { readPerformers } from './read-performers.ts';
import { removeExcludedFaces } from './remove-excluded-faces.ts';

export interface Enforcement {
  /** How much each exclusion in force has removed so far. */
  enforced: EnforcedExclusions['enforced'];
  /** Performers that this call removed, by reason. */
  left: Partial<Record<RefusalReason, number>>;
  /** False when another process was using the write-ahead log, which then still contains what was deleted. */
  isScrubbed: boolean;
}

/**
 * Scans the whole catalog and removes every performer that must not be in a version: those who are excluded, and those who
 * are too young. Removing one performer blocks its keys, which may match the same person's records at other sources, so the
 * scan is repeated until it removes nobody.
 */
export async function enforceExclusions(
  database: CatalogWriter,
  exclusionFilter: ExclusionFilter,
  signal: AbortSignal,
): Promise<Enforcement> {
  const left: Enforcement['left'] = {};
  let facesRemoved = 0;
  for (let hasChanged = true; hasChanged; ) {
    const before = total(left);
    await removeRefused(database, exclusionFilter, left, signal);
    const faces = await removeExcludedFaces(database, exclusionFilter, signal);
    facesRemoved += faces.images;
    if (faces.performers > 0) left.excluded = (left.excluded ?? 0) + faces.performers;
    hasChanged = total(left) > before;
  }
  const isScrubbed = total(left) + facesRemoved === 0 || (await scrubFile(database));
  return { enforced: await countsOf(database, exclusionFilter), left, isScrubbed };
}

async function removeRefused(
  database: CatalogDatabase,
  exclusionFilter: ExclusionFilter,
  left: Enforcement['left'],
  signal: AbortSignal,
): Promise<void> {
  for await (const page of readPerformers(database)) {
    signal.throwIfAborted();
    for (const performer of page) {
      const refusal = exclusionFilter.refusalOfHeld(performer);
      if (refusal === null) continue;
      await exclusionFilter.remove(performer.id, refusal);
      left[refusal.reason] = (left[refusal.reason] ?? 0) + 1;
    }
    // A local file answers without waiting, so the event loop would otherwise be blocked for the whole scan.
    await setImmediate();
  }
}

async function countsOf(
  { db }: CatalogDatabase,
  exclusionFilter: ExclusionFilter,
): Promise<Enforcement['enforced']> {
  const rows = await db.select().from(exclusionCounts);
  return exclusionFilter.exclusions.map(({ id }) => {
    const row = rows.find(({ exclusionId }) => exclusionId === id);
    return { id, performers_removed: row?.performers ?? 0, faces_removed: row?.faces ?? 0 };
  });
}

function total(left: Enforcement['left']): number {
  return Object.values(left).reduce((sum, count) => sum + count, 0);
}
