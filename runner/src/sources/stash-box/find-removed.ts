import { findMissing, isImplausible, type SeenIds } from '../base/find-missing.ts';
import type { SourceEvent } from '../base/source.ts';
import type { StashBoxClient } from './client.ts';
import { confirmGone } from './confirm-gone.ts';
import type { KnownCheck } from './cursor.ts';
import type { ScanRequest } from './read-pages.ts';

/**
 * Known performers that an incremental run may ask for by id: 84 questions, which at 240 a minute take 21 seconds. What is
 * left is asked by the next runs.
 */
export const IDS_PER_RUN = 2_000;

/**
 * Who vanished without an edit, after a full scan: every known performer that it did not meet is asked for by id.
 *
 * @param told ids that were told to be gone already
 */
export async function* findRemoved(
  client: Pick<StashBoxClient, 'findStates'>,
  request: ScanRequest,
  scanId: string,
  seen: SeenIds,
  reported: ReadonlySet<string>,
): AsyncGenerator<SourceEvent> {
  const found = await findMissing(request, scanId, seen);
  const missing = found.missing.filter((id) => !reported.has(id));
  if (missing.length === 0) return;
  if (isImplausible({ ...found, missing })) {
    yield {
      kind: 'warning',
      message: `${missing.length} of ${found.known} known performers are missing from the listing, which is too many to be believed: nobody counts as gone. Is it the right stash-box?`,
    };
    return;
  }
  yield* confirmGone(client, missing, found.present, request.signal);
}

/**
 * Asks for known performers by id, as many as one run may.
 *
 * @returns where the next run goes on; null when all were asked
 */
export async function* checkKnown(
  client: Pick<StashBoxClient, 'findStates'>,
  { memory, signal }: ScanRequest,
  check: KnownCheck,
  present: string | null,
  reported: ReadonlySet<string>,
): AsyncGenerator<SourceEvent, KnownCheck | null> {
  let left = IDS_PER_RUN;
  let { after } = check;
  for await (const known of memory.knownIds(after)) {
    const ids = known.slice(0, left);
    const asked = ids.filter((id) => !reported.has(id));
    if (!(yield* confirmGone(client, asked, present, signal))) return { ...check, after };
    after = ids.at(-1) ?? after;
    left -= ids.length;
    if (left === 0) return { ...check, after };
  }
  return check.again ? { after: '', again: false } : null;
}
