import type { Config } from '@trainer/contract/config';
import type { runParamsSchema } from '@trainer/contract/runs';
import type { SourceDefinition, SourceId } from '@trainer/contract/sources';
import type { z } from 'zod';
import type { CurrentConfig } from '../config/read-config.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { NewRun } from './store.ts';

/**
 * A run with everything settled now: its sources, its model pack and the configuration as it is.
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

/** In the order of the sources, each once. A source of which nobody knows anything is not begun with because it is configured. */
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
