import type { SourceEvent } from '../base/source.ts';
import type { PerformerState, StashBoxClient } from './client.ts';

/** Aliased look-ups in one document, as stash-boxes have no query for many ids. One more asks for somebody who is there. */
export const IDS_PER_QUERY = 24;

/**
 * Asks for performers by id, and tells who is gone: deleted, merged into somebody, or not known to the box any more. Every
 * question also asks for somebody who is there: where the answer does not have that one, nobody in it counts as gone.
 *
 * @param present somebody whom the box has listed just now; null when it listed nobody
 * @returns false when the answers were not believed; then a warning was told
 */
export async function* confirmGone(
  client: Pick<StashBoxClient, 'findStates'>,
  ids: readonly string[],
  present: string | null,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent, boolean> {
  for (let from = 0; from < ids.length; from += IDS_PER_QUERY) {
    const asked = ids.slice(from, from + IDS_PER_QUERY);
    const states = present === null ? null : await findStates(client, asked, present, signal);
    if (states === null) {
      yield {
        kind: 'warning',
        message: `${ids.length - from} known performers cannot be looked for: the stash-box finds nobody by id whom it has just listed, so nobody counts as gone`,
      };
      return false;
    }
    for (const remoteId of asked) {
      const state = states.get(remoteId);
      if (!state || state.deleted) yield { kind: 'removed', remoteId, mergedInto: endOf(remoteId, states) };
    }
  }
  return true;
}

/** States of the ids, and of those that they were merged into; null when the one who is there was not found. */
async function findStates(
  client: Pick<StashBoxClient, 'findStates'>,
  ids: readonly string[],
  present: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PerformerState> | null> {
  const states = new Map<string, PerformerState>();
  for (let asked = [...ids]; asked.length > 0; ) {
    const [probe, ...found] = await client.findStates([present, ...asked], signal);
    if (!probe || probe.deleted) return null;
    for (const [i, id] of asked.entries()) states.set(id, found[i] ?? null);
    const targets = found.flatMap((state) =>
      state?.deleted && state.merged_into_id ? [state.merged_into_id] : [],
    );
    asked = [...new Set(targets)].filter((id) => !states.has(id));
  }
  return states;
}

/** The performer that took the place of one who is gone, through merges of merges; null when there is none. */
function endOf(remoteId: string, states: ReadonlyMap<string, PerformerState>): string | null {
  const passed = new Set<string>();
  for (let at = remoteId; !passed.has(at); ) {
    passed.add(at);
    const state = states.get(at);
    if (!state) return null;
    if (!state.deleted) return at;
    if (!state.merged_into_id) return null;
    at = state.merged_into_id;
  }
  return null;
}
