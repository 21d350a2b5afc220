import type { Exclusion } from '@trainer/contract/exclusions';
import { sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { excludedFaces } from '../catalog/schema/exclusions.ts';
import { vectorToBytes } from '../catalog/schema/vector-blob.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import { cosineDistance } from '../faces/unit-vector.ts';
import { samePersonThreshold } from '../faces/validate-face.ts';
import { loadPack, packIds } from '../models/load-pack.ts';
import { formerPackKeys, type Matching, packKey } from '../models/pack.ts';

/** A face of an exclusion, as one model pack sees it. */
export interface ExcludedFace {
  exclusion: number;
  /** The catalog's name of the pack. */
  pack: string;
  /** `[512]`, of the pack's matching embedder. */
  vector: Float32Array;
}

/** The exclusion that a vector falls under, or null. */
export type FaceJudge = (vector: Float32Array) => number | null;

/**
 * Judges vectors of one pack: whoever is as near to an excluded face as the pack's threshold for one held face says is the
 * same person.
 */
export function faceJudge(faces: readonly ExcludedFace[], pack: string, matching: Matching): FaceJudge {
  const own = faces.filter((face) => face.pack === pack);
  const maxDistance = samePersonThreshold(1, matching);
  return (vector) => own.find((face) => cosineDistance(face.vector, vector) < maxDistance)?.exclusion ?? null;
}

/**
 * The vectors of the face exclusions among these, with the number of each. Those of an earlier program with other arithmetic count for
 * the pack as it is now: their photos were not kept, and a threshold of 0.3 and more is not met or missed by 0.006.
 */
export async function loadExcludedFaces(
  { db }: CatalogDatabase,
  exclusions: readonly Exclusion[],
): Promise<ExcludedFace[]> {
  const numbers = new Map(
    exclusions.flatMap((each) => (each.kind === 'face' ? [[each.value.fingerprint, each.id]] : [])),
  );
  const rows = await db.select().from(excludedFaces);
  const renamed = new Map(
    packIds().flatMap((id) => formerPackKeys(loadPack(id)).map((former) => [former, packKey(loadPack(id))])),
  );
  return rows.flatMap(({ fingerprint, pack, vector }) => {
    const exclusion = numbers.get(fingerprint);
    return exclusion === undefined ? [] : [{ exclusion, pack: renamed.get(pack) ?? pack, vector }];
  });
}

/** Keeps a face, by pack; false when it was there already. */
export async function keepExcludedFace(
  database: CatalogWriter,
  fingerprint: string,
  vectors: ReadonlyMap<string, Float32Array>,
): Promise<boolean> {
  const results = await write(
    database,
    [...vectors].map(
      ([pack, vector]) => sql`INSERT OR IGNORE INTO excluded_faces (fingerprint, pack, vector)
        VALUES (${fingerprint}, ${pack}, ${vectorToBytes(vector)})`,
    ),
  );
  return results.some(({ rowsAffected }) => rowsAffected > 0);
}

export async function dropExcludedFaces(
  database: CatalogWriter,
  fingerprints: readonly string[],
): Promise<boolean> {
  const [dropped] = await write(database, [
    sql`DELETE FROM excluded_faces WHERE fingerprint IN (SELECT value FROM ${rowsOf(fingerprints)})`,
  ]);
  return (dropped?.rowsAffected ?? 0) > 0;
}

/** The packs that this program knows, under the catalog's names. */
export function knownPacks(): Map<string, Matching> {
  return new Map(packIds().map((id) => [packKey(loadPack(id)), loadPack(id).matching]));
}

/** What to do about exclusions by face that a model pack has never seen. */
export function explainUnknownFaces(exclusions: readonly number[], pack: string): string {
  return (
    `Exclusion ${exclusions.join(', ')} is by face, and this catalog has no vector of it for the model pack ${pack}. On ` +
    'this runner, give the photo once more (runner exclusions add --photo), or take the exclusion back.'
  );
}
