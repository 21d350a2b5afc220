import { type Config, type ConfigView, configSchemaFor } from '@trainer/contract/config';
import type { SourceDefinition } from '@trainer/contract/sources';
import { findUnknownFields, readStored } from '@trainer/contract/tolerance';
import { visible } from '@trainer/contract/visible';
import type { Database } from '../db/open.ts';
import { ProblemError } from '../http/problem-error.ts';
import { listDefinitions } from '../sources/store.ts';
import { findRevision, latestRevision, type Revision } from './store.ts';

/**
 * The configuration of a revision with today's defaults filled in, for sources those of `definitions`. Another release may have
 * stored it: fields that are not known here are in it too, and a value that is invalid here is replaced by its default.
 */
export function settleConfig(
  { input, revision }: Revision,
  definitions: readonly SourceDefinition[],
): { config: Config; revision: number } {
  const read = readStored(configSchemaFor(definitions), input);
  if (read) return { config: read.value, revision };
  throw new Error(`Revision ${revision} of the configuration cannot be read as a configuration`);
}

/** Describes what this release cannot use of the newest configuration. */
export async function findConfigWarnings(db: Database): Promise<string[]> {
  const { input, revision } = await latestRevision(db);
  const schema = configSchemaFor(await listDefinitions(db));
  const unknown = findUnknownFields(schema, input).map((path) => path.join('.'));
  const unusable = readStored(schema, input)?.unusable ?? [];
  const of = `Revision ${revision} of the configuration holds`;
  return [
    ...describeList(`${of} fields that this release does not know and keeps`, unknown),
    ...describeList(`${of} values that this release cannot use, so the defaults count`, unusable),
  ];
}

/** The first names are enough: a configuration of a much later release may hold hundreds. */
function describeList(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return [`${what}: ${visible(names.slice(0, 5).join(', '))}${more}.`];
}

export interface CurrentConfig {
  config: Config;
  revision: number;
  /** The known sources, for which it was read. */
  definitions: SourceDefinition[];
}

/** The newest configuration. It costs two reads. */
export async function readConfig(db: Database): Promise<CurrentConfig> {
  const definitions = await listDefinitions(db);
  return { ...settleConfig(await latestRevision(db), definitions), definitions };
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
