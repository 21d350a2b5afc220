import { type Config, type ConfigView, configSchemaFor } from '@trainer/shared/config';
import type { SourceDefinition } from '@trainer/shared/sources';
import type { Database } from '../db/open.ts';
import { ProblemError } from '../http/problem-error.ts';
import { listDefinitions } from '../sources/store.ts';
import { findRevision, latestRevision, type Revision } from './store.ts';

/** The configuration of a revision with today's defaults filled in, for sources those of `definitions`. */
export function settleConfig(
  { input, revision }: Revision,
  definitions: readonly SourceDefinition[],
): { config: Config; revision: number } {
  const parsed = configSchemaFor(definitions).safeParse(input);
  if (parsed.success) return { config: parsed.data, revision };
  throw new Error(`Revision ${revision} of the configuration does not fit this program's schema`, {
    cause: parsed.error,
  });
}

/** The newest configuration. */
export async function readConfig(db: Database): Promise<{ config: Config; revision: number }> {
  return settleConfig(await latestRevision(db), await listDefinitions(db));
}

/** @throws {ProblemError} `not_found` */
export async function readRevision(db: Database, revision: number): Promise<ConfigView> {
  const found = await findRevision(db, revision);
  if (!found) throw new ProblemError('not_found', `The configuration has no revision ${revision}.`);
  return toView(settleConfig(found, await listDefinitions(db)));
}

export function toView({ config, revision }: { config: Config; revision: number }): ConfigView {
  return { ...config, revision };
}
