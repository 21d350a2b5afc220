import { sql } from 'drizzle-orm';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import { applyDecisions } from './apply-decisions.ts';
import { type ComparedFaces, type Comparison, compareFaces } from './compare-faces.ts';
import { renewRecords } from './renew-records.ts';
import { type Repaired, repairRedirects } from './repair-redirects.ts';
import { suspectNames } from './suspect-names.ts';

export interface Refreshed extends ComparedFaces {
  /** What hung on merged or deleted records. */
  repaired: Repaired;
  /** Keys of the decisions that the catalog was brought to. */
  applied: string[];
  /** Suspicions that rest on names. */
  suspectedByName: number;
}

/**
 * Everything about identity that no single performer's turn can do: what earlier runs left hanging is repaired, decisions are carried out, suspicions found, new faces held
 * against all others. For the time between the last ingest and the making of a version.
 * @throws the signal's reason; what was done stays, and the next time goes on from there
 */
export async function refreshIdentity(database: CatalogWriter, comparison: Comparison): Promise<Refreshed> {
  const { signal } = comparison;
  const repaired = await repairRedirects(database, signal);
  await renewRecords(database, signal);
  const applied = await applyDecisions(database, signal);
  const compared = await compareFaces(database, comparison);
  const suspectedByName = await suspectNames(database, signal);
  await dropStale(database);
  return { ...compared, repaired, applied, suspectedByName };
}

/** Reviews whose question has answered itself. */
async function dropStale(database: CatalogWriter): Promise<void> {
  const performerOf = (ref: 'first' | 'second') => sql`(SELECT performer_id FROM performer_records
    WHERE endpoint = substr(${sql.identifier(ref)}, 1, instr(${sql.identifier(ref)}, ':') - 1)
      AND remote_id = substr(${sql.identifier(ref)}, instr(${sql.identifier(ref)}, ':') + 1) AND deleted = 0)`;
  await write(database, [
    sql`DELETE FROM reviews WHERE kind = 'duplicate'
      AND coalesce(${performerOf('first')}, -1) IN (-1, coalesce(${performerOf('second')}, -1))`,
    sql`DELETE FROM reviews WHERE kind = 'duplicate' AND ${performerOf('second')} IS NULL`,
    sql`DELETE FROM reviews WHERE kind = 'face' AND NOT EXISTS (
      SELECT 1 FROM images JOIN faces ON image_id = images.id
      WHERE images.url = evidence->>'imageUrl' AND images.source = evidence->>'source'
        AND images.pack = evidence->>'pack' AND faces.position = evidence->>'position' AND accepted = 0)`,
  ]);
}
