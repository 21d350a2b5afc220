import type { Exclusion } from '@trainer/contract/exclusions';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import { BlockedKeys, exclusionCause } from './blocked-keys.ts';
import { dropExcludedFaces, loadExcludedFaces } from './excluded-faces.ts';
import { ExclusionFilter } from './exclusion-filter.ts';
import { scrubFile } from './forget-performer.ts';

/** Fetches all exclusions, including those that were taken back; retries transient errors. */
export type ListExclusions = (signal: AbortSignal) => Promise<Exclusion[]>;

/** Opens an exclusion filter with the exclusions in force now, and unblocks the keys of those that were taken back. */
export async function openExclusionFilter(
  database: CatalogWriter,
  list: ListExclusions,
  signal: AbortSignal,
): Promise<ExclusionFilter> {
  const all = await list(signal);
  const exclusions = all.filter(({ removed_at }) => removed_at === null);
  await unblockTakenBack(database, exclusions, all);
  return new ExclusionFilter({
    database,
    exclusions,
    blocked: await BlockedKeys.load(database),
    faces: await loadExcludedFaces(database, exclusions),
  });
}

/**
 * Nothing is fetched here: the person may return with the next full scan. Exclusions newer than the list stay blocked, because
 * another task may have opened its filter with a newer list.
 */
async function unblockTakenBack(
  database: CatalogWriter,
  inForce: readonly Exclusion[],
  all: readonly Exclusion[],
): Promise<void> {
  const causes = rowsOf(inForce.map(({ id }) => exclusionCause(id)));
  const ids = rowsOf(inForce.map(({ id }) => id));
  const newest = Math.max(0, ...all.map(({ id }) => id));
  await write(database, [
    sql`DELETE FROM barred_keys WHERE cause LIKE 'excluded:%' AND cause NOT IN (SELECT value FROM ${causes})
      AND CAST(substr(cause, length('excluded:') + 1) AS INTEGER) <= ${newest}`,
    sql`DELETE FROM exclusion_counts WHERE exclusion_id NOT IN (SELECT value FROM ${ids}) AND exclusion_id <= ${newest}`,
  ]);
  const known = new Set(fingerprints(inForce));
  const gone = fingerprints(all).filter((each) => !known.has(each));
  if (gone.length > 0 && (await dropExcludedFaces(database, gone))) {
    // Images that were refused for this face are judged again when a source lists them again.
    await write(database, [sql`DELETE FROM images WHERE reason = 'excluded'`]);
    await scrubFile(database);
  }
}

/** Only of exclusions in the list: a face that is being added right now has no exclusion yet and must stay. */
function fingerprints(exclusions: readonly Exclusion[]): string[] {
  return exclusions.flatMap((each) => (each.kind === 'face' ? [each.value.fingerprint] : []));
}
