import { setImmediate } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import type { Matching } from '../models/pack.ts';
import { selectVectors } from '../versions/select-content.ts';
import { exclusionCause } from './blocked-keys.ts';
import { knownPacks } from './excluded-faces.ts';
import type { ExclusionFilter } from './exclusion-filter.ts';
import { countFaces } from './forget-performer.ts';

/** An accepted face that belongs to an excluded person. */
interface Match {
  performerId: number;
  imageId: number;
  /** Accepted faces that the performer has in this pack. */
  held: number;
  exclusion: number;
}

/**
 * Removes the faces that match an excluded one, in every pack that has a vector of it. A performer with at least half of its
 * faces among them is the excluded person and is removed. With fewer matches, single images were assigned to the wrong
 * performer: only their faces are removed.
 */
export async function removeExcludedFaces(
  database: CatalogWriter,
  exclusionFilter: ExclusionFilter,
  signal: AbortSignal,
): Promise<{ performers: number; images: number }> {
  let [performers, images] = [0, 0];
  const packs = new Set(exclusionFilter.faces.map(({ pack }) => pack));
  for (const [pack, matching] of knownPacks()) {
    if (!packs.has(pack)) continue;
    const matches = await findMatches(database, exclusionFilter, { pack, matching, signal });
    for (const own of Map.groupBy(matches, ({ performerId }) => performerId).values()) {
      if (isMostOf(own)) performers += await removeOwner(exclusionFilter, own);
      else images += await removeFaces(database, own);
    }
  }
  return { performers, images };
}

async function findMatches(
  database: CatalogDatabase,
  exclusionFilter: ExclusionFilter,
  { pack, matching, signal }: { pack: string; matching: Matching; signal: AbortSignal },
): Promise<Match[]> {
  const judge = exclusionFilter.faceJudge(pack, matching);
  const found = new Map<number, number>();
  for await (const page of selectVectors(database, pack, matching.embedder)) {
    signal.throwIfAborted();
    for (const { label, vector } of page) {
      const exclusion = judge(vector);
      if (exclusion !== null) found.set(label, exclusion);
    }
    await setImmediate();
  }
  const rows = await database.db.all<Omit<Match, 'exclusion'> & { label: number }>(sql`
    SELECT label, performer_id AS "performerId", image_id AS "imageId", (SELECT count(*) FROM labels AS other
      WHERE other.pack = labels.pack AND other.performer_id = labels.performer_id AND other.face_id IS NOT NULL) AS held
    FROM labels JOIN faces ON faces.id = face_id
    WHERE pack = ${pack} AND label IN (SELECT value FROM ${rowsOf([...found.keys()])})`);
  return rows.map(({ label, ...row }) => ({ ...row, exclusion: found.get(label) ?? 0 }));
}

function isMostOf(own: readonly Match[]): boolean {
  return own.length * 2 >= (own[0]?.held ?? 0);
}

async function removeOwner(exclusionFilter: ExclusionFilter, [first]: readonly Match[]): Promise<0 | 1> {
  if (!first) return 0;
  const refusal = { cause: exclusionCause(first.exclusion), reason: 'excluded', isCertain: true } as const;
  return (await exclusionFilter.remove(first.performerId, refusal)) ? 1 : 0;
}

/** Only the addresses of these images stay, so that they are not fetched again. */
async function removeFaces(database: CatalogWriter, own: readonly Match[]): Promise<number> {
  const ids = rowsOf(own.map(({ imageId }) => imageId));
  const byExclusion = Map.groupBy(own, ({ exclusion }) => exclusion);
  await write(database, [
    ...[...byExclusion].map(([exclusion, matches]) =>
      countFaces(
        exclusion,
        matches.map(({ imageId }) => imageId),
      ),
    ),
    sql`DELETE FROM faces WHERE image_id IN (SELECT value FROM ${ids})`,
    sql`UPDATE images SET outcome = 'rejected', reason = 'excluded', sha256 = NULL, width = NULL, height = NULL
      WHERE id IN (SELECT value FROM ${ids})`,
  ]);
  return own.length;
}
