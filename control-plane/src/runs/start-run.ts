import type { startRunSchema } from '@trainer/contract/runs';
import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { requireSources } from '../sources/require-sources.ts';
import { draftRun } from './draft-run.ts';
import { settleRun, startNextRun } from './settle-run.ts';
import { activeRun, findRequested, findRun, insertRun, isNewRequest, noUnfinishedRun } from './store.ts';

type Wanted = z.output<typeof startRunSchema>;

/**
 * Asks for a run. Unless it may queue, it is added only while no other is queued or active, judged by the very statement
 * that adds it. Asked again with the same `request_id` it is the run that there is, whatever became of it.
 *
 * @throws {ProblemError} `run_active` unless it may queue; `invalid_request` when no source is left, or one is none.
 */
export async function startRun(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeUp' | 'record' | 'deliverSoon'>,
  { queue, request_id: requestId, ...wanted }: Wanted,
  requestedBy: string,
): Promise<{ status: 'started' | 'queued'; run_id: number }> {
  const { db } = deps;
  const current = await readConfig(db);
  requireSources(wanted.sources ?? [], current.definitions, 'sources');
  const draft = { ...draftRun(current, wanted, { requestedBy, createdAt: deps.clock.now() }), requestId };
  const mayBegin = queue ? sql`true` : noUnfinishedRun(db);
  const [added] = await insertRun(db, draft, sql`${isNewRequest(db, requestId)} AND ${mayBegin}`);
  const id = added?.id ?? (await findRequested(db, requestId));
  if (id === null) throw await runActive(deps);
  if ((await startNextRun(deps)) === id) return { status: 'started', run_id: id };
  await settleRun(deps, id);
  const status = (await findRun(db, id))?.status;
  return { status: status === 'queued' ? 'queued' : 'started', run_id: id };
}

async function runActive({ db }: Pick<Deps, 'db'>): Promise<ProblemError> {
  const active = await activeRun(db);
  const which = active ? `Run ${active.id} is ${active.status}` : 'Another run is about to begin';
  return new ProblemError('run_active', `${which}. Wait, stop it, or send "queue": true to wait in line.`);
}
