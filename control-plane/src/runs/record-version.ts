import { and, eq, type SQL } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { runs } from '../db/schema/runs.ts';

/** The statement that notes a run's version where `onlyIf` is met, for the batch that makes the version visible. */
export function recordVersion(
  db: Database,
  runId: number,
  { version, performers, faces }: { version: string; performers: number; faces: number },
  onlyIf: SQL,
) {
  return db
    .update(runs)
    .set({ version, performers, faces })
    .where(and(eq(runs.id, runId), onlyIf));
}
