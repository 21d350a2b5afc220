import { setImmediate } from 'node:timers/promises';
import type { EnforcedExclusions } from '@trainer/contract/exclusions';
import type { CatalogDatabase } from '../catalog/database.ts';
import { exclusionCounts } from '../catalog/schema/exclusions.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { scrubFile } from './forget-performer.ts';
import type { Guard, RefusalReason } from './guard.ts';
import { readPerformers } from './read-performers.ts';
import { removeExcludedFaces } from './remove-excluded-faces.ts';

export interface Enforcement {
  /** What left the catalog for each exclusion in force, ever. */
  enforced: EnforcedExclusions['enforced'];
  /** Performers that left now, by reason. */
  left: Partial<Record<RefusalReason, number>>;
  /** False when another process kept the write-ahead log in use: what was deleted leaves it later. */
  isScrubbed: boolean;
}

/**
 * Goes through the whole catalog and shows out everybody who must not be in a version: those who are excluded, and those who
 * are too young. Somebody who leaves may bring others along (the same person's records at other sources), so it goes
 * through again until nobody leaves.
 */
export async function enforceExclusions(
  database: CatalogWriter,
  guard: Guard,
  signal: AbortSignal,
): Promise<Enforcement> {
  const left: Enforcement['left'] = {};
  let facesRemoved = 0;
  for (let hasChanged = true; hasChanged; ) {
    const before = total(left);
    await showOut(database, guard, left, signal);
    const faces = await removeExcludedFaces(database, guard, signal);
    facesRemoved += faces.images;
    if (faces.performers > 0) left.excluded = (left.excluded ?? 0) + faces.performers;
    hasChanged = total(left) > before;
  }
  const isScrubbed = total(left) + facesRemoved === 0 || (await scrubFile(database));
  return { enforced: await countsOf(database, guard), left, isScrubbed };
}

async function showOut(
  database: CatalogDatabase,
  guard: Guard,
  left: Enforcement['left'],
  signal: AbortSignal,
): Promise<void> {
  for await (const page of readPerformers(database)) {
    signal.throwIfAborted();
    for (const performer of page) {
      const refusal = guard.refusalOfHeld(performer);
      if (refusal === null) continue;
      await guard.forget(performer.id, refusal);
      left[refusal.reason] = (left[refusal.reason] ?? 0) + 1;
    }
    // Pages come at once from a local file, and others want to run too.
    await setImmediate();
  }
}

async function countsOf({ db }: CatalogDatabase, guard: Guard): Promise<Enforcement['enforced']> {
  const rows = await db.select().from(exclusionCounts);
  return guard.exclusions.map(({ id }) => {
    const row = rows.find(({ exclusionId }) => exclusionId === id);
    return { id, performers_removed: row?.performers ?? 0, faces_removed: row?.faces ?? 0 };
  });
}

function total(left: Enforcement['left']): number {
  return Object.values(left).reduce((sum, count) => sum + count, 0);
}
