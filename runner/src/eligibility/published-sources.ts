import { isSourceId, type SourceId, sourceEntry } from '@trainer/shared/sources';

/**
 * Whether a source's word makes a performer, and is published: a stash-box's, and that of the owner's own folder. What
 * reference sites and the owner's Stash say about known performers serves look-ups and reviews and stays in the catalog, so
 * an alias of theirs is in a version only when a stash-box lists it too.
 */
export function createsPerformers(endpoint: string): boolean {
  if (!isSourceId(endpoint)) return false;
  const { kind } = sourceEntry(endpoint);
  return kind === 'stash-box' || kind === 'folder';
}

/** @throws Error for sources that only add to known performers */
export function requireCreator(source: SourceId): void {
  if (createsPerformers(source)) return;
  throw new Error(
    `${sourceEntry(source).title} only adds to performers that a stash-box created: it cannot be ingested, only enrich them.`,
  );
}
