import { type SQL, sql } from 'drizzle-orm';

/**
 * Statements that make one performer part of another: its records, images and labels are re-pointed. Pictures
 * that the other one has already are dropped first; their labels retire to the same performer.
 */
export function absorbPerformer(from: number, into: number): SQL[] {
  return [
    sql`DELETE FROM images WHERE performer_id = ${from} AND EXISTS (
          SELECT 1 FROM images AS held WHERE held.performer_id = ${into}
          AND held.source = images.source AND held.url = images.url AND held.pack = images.pack)`,
    sql`UPDATE images SET performer_id = ${into} WHERE performer_id = ${from}`,
    sql`UPDATE labels SET performer_id = ${into} WHERE performer_id = ${from}`,
    sql`UPDATE performer_records SET performer_id = ${into} WHERE performer_id = ${from}`,
  ];
}
