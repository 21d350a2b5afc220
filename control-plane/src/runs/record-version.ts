import { eq } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { runs } from '../db/schema/runs.ts';

/** The statement that notes a run's version, for the batch that makes the version visible. */
export function recordVersion(
  db: Database,
  runId: number,
  { version, performers, faces }: { version: string; performers: number; faces: number },
) {
  return db.update(runs).set({ version, performers, faces }).where(eq(runs.id, runId));
}
