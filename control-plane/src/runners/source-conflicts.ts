import type { Runner } from '@trainer/contract/leases';
import type { SourceDefinition } from '@trainer/contract/sources';
import type { Deps } from '../context/deps.ts';
import { type KnownSource, listKnownSources } from '../sources/store.ts';
import { listRunners } from './store.ts';

/**
 * Describes how a runner's definition differs from the one in use; null when it does not. Shipped definitions may differ between
 * releases, which is not a conflict.
 */
export function findConflict(
  { definition, announced }: KnownSource,
  { name, definitions = [] }: Pick<Runner, 'name' | 'definitions'>,
  nameOf: (runnerId: string) => string,
): string | null {
  const said = definitions.find(({ id }) => id === definition.id);
  if (!said || !announced || (said.origin !== 'owner' && definition.origin !== 'owner')) return null;
  const fields = differingFields(said, definition);
  if (fields.length === 0) return null;
  return (
    `Runner "${name}" defines ${definition.id} differently (${fields.join(', ')}); ` +
    `the definition of "${nameOf(announced.runnerId)}" is used. Give both the same file in DATA_DIR/sources.`
  );
}

function differingFields(one: SourceDefinition, other: SourceDefinition): string[] {
  const fields = Object.keys(sourceFieldsOf(one));
  const [mine, theirs] = [sourceFieldsOf(one), sourceFieldsOf(other)];
  return fields.filter((field) => JSON.stringify(mine[field]) !== JSON.stringify(theirs[field]));
}

function sourceFieldsOf(source: SourceDefinition): Record<string, unknown> {
  return { ...source };
}

/** Logs how the definitions that a runner has just announced differ from those in use. */
export async function noteConflicts(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  runner: Runner,
): Promise<void> {
  const runners = await listRunners(db, clock.now());
  const nameOf = (id: string) => runners.find(({ about }) => about.runner_id === id)?.about.name ?? id;
  const found = (await listKnownSources(db)).flatMap((source) => {
    const message = findConflict(source, runner, nameOf);
    return message === null ? [] : [{ level: 'warn' as const, message, source: source.definition.id }];
  });
  if (found.length > 0) await record(...found);
}
