import type { SourceEvent } from '../base/source.ts';
import type { Edit, StashBoxClient } from './client.ts';
import { QueryRejected } from './query.ts';
import type { ScanRequest } from './read-pages.ts';
import { OVERLAP_MS } from './scan-changes.ts';

const EDITS_PER_PAGE = 100;

export type Removal = Extract<SourceEvent, { kind: 'removed' }>;

/**
 * Who was deleted or merged away by an edit since then: scans do not show it. Merges of merges lead to the last target, as far
 * as the edits tell.
 *
 * @returns null for a box that has no edit history
 */
export async function readRemovals(
  client: StashBoxClient,
  request: ScanRequest,
  since: string,
): Promise<Removal[] | null> {
  try {
    const sinceMs = Date.parse(since) - OVERLAP_MS;
    const destroyed = await editsSince('DESTROY', client, request, sinceMs);
    const merged = await editsSince('MERGE', client, request, sinceMs);
    return followed([...destroyed.flatMap(removalOf), ...merged.flatMap(mergesOf)]);
  } catch (error) {
    if (!(error instanceof QueryRejected)) throw error;
    return null;
  }
}

async function editsSince(
  operation: 'DESTROY' | 'MERGE',
  client: StashBoxClient,
  { signal }: ScanRequest,
  sinceMs: number,
): Promise<Edit[]> {
  const found: Edit[] = [];
  for (let page = 1; ; page++) {
    const { count, edits } = await client.queryEdits(operation, page, EDITS_PER_PAGE, signal);
    const recent = edits.filter((edit) => isAfter(edit, sinceMs));
    found.push(...recent);
    if (recent.length < edits.length || edits.length === 0 || page * EDITS_PER_PAGE >= count) return found;
  }
}

function isAfter({ closed }: Edit, sinceMs: number): boolean {
  const closedMs = Date.parse(closed ?? '');
  return Number.isNaN(closedMs) || closedMs >= sinceMs;
}

function removalOf({ target }: Edit): Removal[] {
  return target?.id === undefined ? [] : [{ kind: 'removed', remoteId: target.id, mergedInto: null }];
}

function mergesOf({ target, merge_sources }: Edit): Removal[] {
  const into = target?.id;
  if (into === undefined) return [];
  return (merge_sources ?? []).flatMap((source): Removal[] =>
    source?.id === undefined ? [] : [{ kind: 'removed', remoteId: source.id, mergedInto: into }],
  );
}

/** A target that was merged or destroyed later, perhaps without ever being known here, leads on to its own end. */
function followed(removals: Removal[]): Removal[] {
  const next = new Map(removals.map(({ remoteId, mergedInto }) => [remoteId, mergedInto]));
  const endOf = (target: string | null) => {
    const passed = new Set<string>();
    let at = target;
    while (at !== null && next.has(at) && !passed.has(at)) {
      passed.add(at);
      at = next.get(at) ?? null;
    }
    return at;
  };
  return removals.map((removal) => ({ ...removal, mergedInto: endOf(removal.mergedInto) }));
}
