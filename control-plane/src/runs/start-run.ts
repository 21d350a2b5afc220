import type { Config } from '@trainer/contract/config';
import type { runParamsSchema, startRunSchema } from '@trainer/contract/runs';
import type { SourceDefinition, SourceId } from '@trainer/contract/sources';
import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import { type CurrentConfig, readConfig } from '../config/read-config.ts';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { requireSources } from '../sources/store.ts';
import { settleRun, startNextRun } from './settle-run.ts';
import {
  activeRun,
  findRequested,
  findRun,
  insertRun,
  isNewRequest,
  type NewRun,
  noUnfinishedRun,
} from './store.ts';

type Wanted = z.output<typeof startRunSchema>;

/**
 * Requests a run. Without `queue` it is inserted only while no other run is queued or active; the insert itself checks this. A
 * repeated `request_id` returns the existing run, whatever its status.
 *
 * @throws {ProblemError} `run_active` without `queue`; `invalid_request` when no source is left, or one is unknown.
 */
export async function startRun(
  deps: Pick<Deps, 'db' | 'clock' | 'notifier' | 'record' | 'deliverSoon'>,
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
  return new ProblemError('run_active', `${which}. Wait, stop it, or send "queue": true to queue it.`);
}

/**
 * A run with its final parameters: sources, model pack and the current configuration.
 *
 * @throws {ProblemError} `invalid_request` when no source is left
 */
export function draftRun(
  { config, revision, definitions }: CurrentConfig,
  wanted: z.output<typeof runParamsSchema>,
  asked: { requestedBy: string; createdAt: number },
): NewRun {
  const params = {
    ...wanted,
    sources: settleSources(wanted.sources, config, definitions),
    model_pack: wanted.model_pack ?? config.faces.model_pack,
  };
  return {
    ...asked,
    params: JSON.stringify(params),
    config: JSON.stringify(config),
    configRevision: revision,
  };
}

/** In the order of the sources, each once. An unknown source is used only when it is requested by name. */
function settleSources(
  wanted: readonly SourceId[] | undefined,
  config: Config,
  definitions: readonly SourceDefinition[],
): SourceId[] {
  const known = definitions.map(({ id }) => id);
  const chosen = known.filter((id) => (wanted ? wanted.includes(id) : config.sources[id]?.enabled));
  const unknown = [...new Set(wanted)].filter((id) => !known.includes(id));
  if (chosen.length + unknown.length > 0) return [...chosen, ...unknown];
  const message = 'names none, and the configuration enables none';
  throw new ProblemError('invalid_request', `sources: ${message}. Name some, or enable them.`, {
    errors: [{ field: 'sources', message }],
  });
}
