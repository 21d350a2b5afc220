import { configSchema } from '@trainer/contract/config';
import { emptyProgress } from '@trainer/contract/progress';
import type { Database } from '../src/db/open.ts';
import { runs, tasks } from '../src/db/schema/runs.ts';

/** 0 is `aaaa`: task ids have letters only. */
function letters(number: number): string {
  return [17_576, 676, 26, 1]
    .map((unit) => String.fromCharCode(97 + (Math.floor(number / unit) % 26)))
    .join('');
}

/** Rows per statement: SQLite takes 32,766 values. */
const ROWS = 1_000;

/** A running run with `count` ready tasks, as no source list could make it. Answers with the run's id. */
export async function seedTasks(db: Database, count: number): Promise<number> {
  const [run] = await db
    .insert(runs)
    .values({
      status: 'running',
      requestedBy: 'test',
      createdAt: 0,
      startedAt: 0,
      params: JSON.stringify({ sources: ['stashdb'], model_pack: 'starter' }),
      config: JSON.stringify(configSchema.parse({})),
      configRevision: 0,
    })
    .returning();
  const runId = run?.id ?? 0;
  const rows = Array.from({ length: count }, (_, position) => ({
    id: `${runId}.${letters(position)}`,
    runId,
    position,
    kind: 'ingest' as const,
    status: 'ready' as const,
    progress: JSON.stringify(emptyProgress()),
  }));
  for (let from = 0; from < rows.length; from += ROWS)
    await db.insert(tasks).values(rows.slice(from, from + ROWS));
  return runId;
}
