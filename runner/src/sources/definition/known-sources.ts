import { shippedSource } from '@trainer/contract/shipped-sources';
import { bySourceOrder, type SourceDefinition, type SourceId } from '@trainer/contract/sources';
import { type LoadedDefinition, loadDefinitions } from './load-definitions.ts';

/** The sources that this runner has definitions of: those that came with it, and the owner's. */
export interface KnownSources {
  readonly loaded: ReadonlyMap<SourceId, LoadedDefinition>;
  /** What a source is; of one whose owner's file is wrong, what the release says of it. */
  find(id: SourceId): SourceDefinition | undefined;
  /** Sources whose definitions can be used, in their order. */
  all(): SourceDefinition[];
  /** Every id, also of files that are wrong; those come last. */
  ids(): SourceId[];
  /** Those that an owner's file defines. */
  owners(): SourceDefinition[];
}

/** @param ownerFolder `DATA_DIR/sources`; null for the release's own sources alone */
export function readKnownSources(ownerFolder: string | null): KnownSources {
  const loaded = loadDefinitions(ownerFolder);
  const all = [...loaded.values()].flatMap(({ defined }) => defined?.source ?? []).sort(bySourceOrder);
  const find = (id: SourceId) => loaded.get(id)?.defined?.source ?? shippedSource(id);
  const listed = [...loaded.keys()].flatMap((id) => find(id) ?? []).sort(bySourceOrder);
  const named = new Set(listed.map(({ id }) => id));
  return {
    loaded,
    find,
    all: () => all,
    ids: () => [...named, ...[...loaded.keys()].filter((id) => !named.has(id))],
    owners: () => all.filter(({ origin }) => origin === 'owner'),
  };
}
