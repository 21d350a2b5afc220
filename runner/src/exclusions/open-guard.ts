import type { Exclusion } from '@trainer/contract/exclusions';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import { BarredKeys, exclusionCause } from './barred-keys.ts';
import { dropExcludedFaces, loadExcludedFaces } from './excluded-faces.ts';
import { scrubFile } from './forget-performer.ts';
import { Guard } from './guard.ts';

/** Reads all exclusions, those that were taken back included; repeats what fails in passing. */
export type ListExclusions = (signal: AbortSignal) => Promise<Exclusion[]>;

/** A guard that knows what is in force now. What was taken back bars nobody any more. */
export async function openGuard(
  database: CatalogWriter,
  list: ListExclusions,
  signal: AbortSignal,
): Promise<Guard> {
  const all = await list(signal);
  const exclusions = all.filter(({ removed_at }) => removed_at === null);
  await settleTakenBack(database, exclusions, all);
  return new Guard({
    database,
    exclusions,
    barred: await BarredKeys.load(database),
    faces: await loadExcludedFaces(database, exclusions),
  });
}

/**
 * The person may come back with the next full walk: nothing is fetched for it now. What is newer than the list is left alone:
 * another task may keep to it already.
 */
async function settleTakenBack(
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
    // Its faces may be anybody's again: images that were refused for it are judged anew when they are met.
    await write(database, [sql`DELETE FROM images WHERE reason = 'excluded'`]);
    await scrubFile(database);
  }
}

/** Only those that the control plane knows: one that is being added right now is not in the list yet. */
function fingerprints(exclusions: readonly Exclusion[]): string[] {
  return exclusions.flatMap((each) => (each.kind === 'face' ? [each.value.fingerprint] : []));
}
