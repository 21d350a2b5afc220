import type { Runner, SourceAvailability } from '@trainer/contract/leases';
import { type SourceId, sourceIdSchema } from '@trainer/contract/sources';
import type { SourceDefinitions } from '../catalog/source-definitions.ts';
import type { SourceRegistry } from './registry.ts';

/**
 * What a runner tells the control plane of its sources: what each one is, without secrets and without the rules for its pages,
 * and whether it can be used. One that the owner has retired from the catalog cannot, whether or not it is still defined.
 */
export async function announceSources(
  registry: Pick<SourceRegistry, 'availability' | 'known'>,
  book: Pick<SourceDefinitions, 'all' | 'retiredAt'>,
): Promise<Pick<Runner, 'sources' | 'definitions'>> {
  const found = await registry.availability();
  const gone = book
    .all()
    .filter(({ id }) => book.retiredAt(id) !== null && !found.some((each) => each.id === id));
  const sources = [...found.map((each) => overruled(each, book)), ...gone.map(({ id }) => retired(id, book))];
  return {
    // A file may have any name, and what the name of a source cannot be is only told here.
    sources: sources.filter(({ id }) => sourceIdSchema.safeParse(id).success),
    definitions: registry.known.all(),
  };
}

function overruled(
  found: SourceAvailability,
  book: Pick<SourceDefinitions, 'retiredAt'>,
): SourceAvailability {
  return book.retiredAt(found.id) === null ? found : retired(found.id, book);
}

function retired(id: SourceId, book: Pick<SourceDefinitions, 'retiredAt'>): SourceAvailability {
  return { id, available: false, reason: describeRetired(book.retiredAt(id) ?? '', id) };
}

/** Why a source that its owner has retired is not used, and how it is used again. `at` is ISO 8601. */
export function describeRetired(at: string, id: SourceId): string {
  return `was retired on ${at.slice(0, 10)}; \`runner catalog retire-source ${id} --undo\` takes that back`;
}
