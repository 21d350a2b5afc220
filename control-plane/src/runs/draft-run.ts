import type { Config } from '@trainer/shared/config';
import type { runParamsSchema } from '@trainer/shared/runs';
import { type SourceId, sourceIds } from '@trainer/shared/sources';
import type { z } from 'zod';
import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { NewRun } from './store.ts';

/**
 * A run with everything settled now: its sources, its model pack and the configuration as it is.
 *
 * @throws {ProblemError} `invalid_request` when no source is left
 */
export async function draftRun(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  wanted: z.output<typeof runParamsSchema>,
  requestedBy: string,
): Promise<NewRun> {
  const { config, revision } = await readConfig(db);
  const params = {
    ...wanted,
    sources: settleSources(wanted.sources, config),
    model_pack: wanted.model_pack ?? config.faces.model_pack,
  };
  return {
    requestedBy,
    createdAt: clock.now(),
    params: JSON.stringify(params),
    config: JSON.stringify(config),
    configRevision: revision,
  };
}

function settleSources(wanted: readonly SourceId[] | undefined, config: Config): SourceId[] {
  const chosen = sourceIds.filter((id) => (wanted ? wanted.includes(id) : config.sources[id].enabled));
  if (chosen.length > 0) return chosen;
  const message = 'names none, and the configuration enables none';
  throw new ProblemError('invalid_request', `sources: ${message}. Name some, or enable them.`, {
    errors: [{ field: 'sources', message }],
  });
}
