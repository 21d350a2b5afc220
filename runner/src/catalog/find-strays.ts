import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';

/** A performer that has accepted faces and no live record: no version may name it, and no run looks at it again. */
export interface StrayPerformer {
  performerId: number;
  faces: number;
  /** Its records, as `<endpoint>:<id>`: all were deleted or merged into others. */
  records: string[];
}

/** Performers with accepted faces of whom no source has a record any more. There are none in a sound catalog. */
export async function findStrays({ db }: CatalogDatabase): Promise<StrayPerformer[]> {
  const rows = await db.all<{ performerId: number; faces: number; records: string | null }>(sql`
    SELECT performer_id AS performerId, count(*) AS faces,
      (SELECT group_concat(endpoint || ':' || remote_id, ' ') FROM performer_records AS record
        WHERE record.performer_id = images.performer_id) AS records
    FROM images CROSS JOIN faces ON image_id = images.id
    WHERE accepted = 1 AND NOT EXISTS (SELECT 1 FROM performer_records AS live
      WHERE live.performer_id = images.performer_id AND live.deleted = 0)
    GROUP BY performer_id ORDER BY performer_id`);
  return rows.map(({ records, ...row }) => ({ ...row, records: records?.split(' ') ?? [] }));
}
