import type { SourceEvent } from '../base/source.ts';
import type { StashBoxClient } from './client.ts';
import type { StashBoxCursor } from './cursor.ts';
import { readPerformer } from './read-performer.ts';
import type { ScanRequest } from './scan-request.ts';

/** Aliased look-ups in one document, each with all that is asked of a performer: a quarter of a page of a scan. */
const PERFORMERS_PER_QUESTION = 25;

/**
 * Performers with images that failed some time ago and are worth asking for now: one that has not changed since is in no scan of
 * changes. Those that the box has deleted are left to the scan of removals.
 */
export async function* scanFailed(
  client: StashBoxClient,
  { source, memory, signal }: ScanRequest,
  cursor: StashBoxCursor,
): AsyncGenerator<SourceEvent> {
  for await (const ids of memory.idsToAskAgain?.() ?? []) {
    for (let from = 0; from < ids.length; from += PERFORMERS_PER_QUESTION) {
      const rows = await client.findPerformers(ids.slice(from, from + PERFORMERS_PER_QUESTION), signal);
      for (const value of rows) {
        const row = readPerformer(source, value);
        if ('performer' in row) yield { kind: 'performer', performer: row.performer, cursor, scan: null };
        else yield { kind: 'unreadable', ...row };
      }
    }
  }
}
