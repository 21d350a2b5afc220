import type { Runner } from '@trainer/contract/leases';
import type { SourceDefinition } from '@trainer/contract/sources';
import type { KnownSource } from '../sources/store.ts';

/**
 * How a runner's definition differs from the one that counts, as a sentence; null when it does not. What releases ship may differ
 * from release to release, and nobody has to decide that.
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
    `what "${nameOf(announced.runnerId)}" says counts. Give both the same file in DATA_DIR/sources.`
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
