import { z } from 'zod';
import shipped from './shipped-sources.json' with { type: 'json' };
import { type SourceDefinition, type SourceId, sourceDefinitionSchema } from './sources.ts';

/**
 * The sources of this release. They are written as YAML, one file per source, in `runner/src/sources/definitions`; the JSON beside
 * is made from those files, because the control plane also runs where there is no file system.
 */
export const shippedSources: readonly SourceDefinition[] = z.array(sourceDefinitionSchema).parse(shipped);

/** Their ids, in the order in which sources are listed. */
export const shippedIds: readonly SourceId[] = shippedSources.map(({ id }) => id);

const byId = new Map(shippedSources.map((source) => [source.id, source]));

/** The definition that this release ships; undefined for other sources. */
export function shippedSource(id: SourceId): SourceDefinition | undefined {
  return byId.get(id);
}
