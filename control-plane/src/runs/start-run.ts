import type { Config } from '@trainer/shared/config';
import type { startRunSchema } from '@trainer/shared/runs';
import { type SourceId, sourceIds } from '@trainer/shared/sources';
import type { z } from 'zod';
import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { settleRun, startNextRun } from './settle-run.ts';
import { activeRun, findRequested, findRun, insertRun } from './store.ts';

type Wanted = z.output<typeof startRunSchema>;

/**
 * Asks for a run, with everything settled now: its sources, its model pack and the configuration as it is. Asked again with
 * the same `request_id` it is the run that there is, whatever became of it.
 *
 * @throws {ProblemError} `run_active` unless it may queue; `invalid_request` when no source is left.
 */
export async function startRun(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeUp' | 'record'>,
  { queue, request_id: requestId, ...wanted }: Wanted,
  requestedBy: string,
): Promise<{ status: 'started' | 'queued'; run_id: number }> {
  const { config, revision } = await readConfig(deps.db);
  const params = {
    ...wanted,
    sources: settleSources(wanted.sources, config),
    model_pack: wanted.model_pack ?? config.faces.model_pack,
  };
  const run = {
    requestedBy,
    requestId,
    createdAt: deps.clock.now(),
    params: JSON.stringify(params),
    config: JSON.stringify(config),
    configRevision: revision,
  };
  const id = (await insertRun(deps.db, run, queue)) ?? (await findRequested(deps.db, requestId));
  if (id === null) throw await runActive(deps);
  await settleRun(deps, id);
  await startNextRun(deps);
  const status = (await findRun(deps.db, id))?.status;
  return { status: status === 'queued' ? 'queued' : 'started', run_id: id };
}

function settleSources(wanted: readonly SourceId[] | undefined, config: Config): SourceId[] {
  const chosen = sourceIds.filter((id) => (wanted ? wanted.includes(id) : config.sources[id].enabled));
  if (chosen.length > 0) return chosen;
  const message = 'names none, and the configuration enables none';
  throw new ProblemError('invalid_request', `sources: ${message}. Name some, or enable them.`, {
    errors: [{ field: 'sources', message }],
  });
}

async function runActive({ db }: Pick<Deps, 'db'>): Promise<ProblemError> {
  const active = await activeRun(db);
  const which = active ? `Run ${active.id} is ${active.status}` : 'Another run is about to begin';
  return new ProblemError('run_active', `${which}. Wait, stop it, or send "queue": true to wait in line.`);
}
