import { configSchema } from '@trainer/contract/config';
import { emptyProgress } from '@trainer/contract/progress';
import type { TaskKind } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import type { Deps } from '../src/context/deps.ts';
import { runs, tasks } from '../src/db/schema/runs.ts';

/** A run with one leased task, for tests that begin with a lease; its lease lives for an hour. */
export async function seedTask(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  {
    kind = 'ingest',
    source = null,
    fence = 1,
  }: { kind?: TaskKind; source?: SourceId | null; fence?: number } = {},
): Promise<{ runId: number; taskId: string; fence: number }> {
  const now = clock.now();
  const [run] = await db
    .insert(runs)
    .values({
      status: 'completed',
      requestedBy: 'test',
      createdAt: now,
      params: JSON.stringify({ sources: [], model_pack: 'starter' }),
      config: JSON.stringify(configSchema.parse({})),
      configRevision: 0,
    })
    .returning({ id: runs.id });
  const runId = run?.id ?? 0;
  const taskId = `${runId}.${source ?? kind}`;
  await db.insert(tasks).values({
    id: taskId,
    runId,
    position: 1,
    kind,
    source,
    status: 'leased',
    progress: JSON.stringify(emptyProgress()),
    fence,
    attempts: 1,
    startedAt: now,
    leaseExpiresAt: now + 60 * 60 * 1000,
    runnerName: 'test',
  });
  return { runId, taskId, fence };
}
