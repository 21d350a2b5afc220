import type { SourceEvent } from '../source.ts';
import { QuestionRefused } from './ask.ts';
import type { Edit, StashBoxClient } from './client.ts';
import { OVERLAP_MS } from './scan-changes.ts';
import type { ScanRequest } from './scan-request.ts';

const EDITS_PER_PAGE = 100;
/** Aliased look-ups in one document, as stash-boxes have no query for many ids. */
const STATES_PER_QUESTION = 25;

/** Who was deleted or merged away since then: scans do not show it. A box without edit history is asked id by id. */
export async function* scanRemovals(
  client: StashBoxClient,
  request: ScanRequest,
  since: string,
): AsyncGenerator<SourceEvent> {
  try {
    const sinceMs = Date.parse(since) - OVERLAP_MS;
    yield* removalsIn('DESTROY', client, request, sinceMs);
    yield* removalsIn('MERGE', client, request, sinceMs);
  } catch (error) {
    if (!(error instanceof QuestionRefused)) throw error;
    yield* recheckKnown(client, request);
  }
}

async function* removalsIn(
  operation: 'DESTROY' | 'MERGE',
  client: StashBoxClient,
  { signal }: ScanRequest,
  sinceMs: number,
): AsyncGenerator<SourceEvent> {
  for (let page = 1; ; page++) {
    const { count, edits } = await client.queryEdits(operation, page, EDITS_PER_PAGE, signal);
    const recent = edits.filter((edit) => isAfter(edit, sinceMs));
    for (const edit of recent) yield* operation === 'DESTROY' ? destroyed(edit) : merged(edit);
    if (recent.length < edits.length || edits.length === 0 || page * EDITS_PER_PAGE >= count) return;
  }
}

function isAfter({ closed }: Edit, sinceMs: number): boolean {
  const closedMs = Date.parse(closed ?? '');
  return Number.isNaN(closedMs) || closedMs >= sinceMs;
}

function destroyed({ target }: Edit): SourceEvent[] {
  return target?.id === undefined ? [] : [{ kind: 'removed', remoteId: target.id, mergedInto: null }];
}

function merged({ target, merge_sources }: Edit): SourceEvent[] {
  const into = target?.id;
  if (into === undefined) return [];
  return (merge_sources ?? []).flatMap((source) =>
    source?.id === undefined ? [] : [{ kind: 'removed', remoteId: source.id, mergedInto: into }],
  );
}

async function* recheckKnown(
  client: StashBoxClient,
  { memory, signal }: ScanRequest,
): AsyncGenerator<SourceEvent> {
  for await (const ids of memory.knownIds()) {
    for (let from = 0; from < ids.length; from += STATES_PER_QUESTION) {
      const asked = ids.slice(from, from + STATES_PER_QUESTION);
      const states = await client.findStates(asked, signal);
      for (const [i, remoteId] of asked.entries()) {
        const state = states[i];
        if (!state || state.deleted)
          yield { kind: 'removed', remoteId, mergedInto: state?.merged_into_id ?? null };
      }
    }
  }
}
