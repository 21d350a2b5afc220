import { findMissing, isImplausible, type SeenIds } from '../base/find-missing.ts';
import type { ListRequest, SourceEvent } from '../base/source.ts';
import type { ThePornDbClient, Whereabouts } from './client.ts';

/** As many answers are believed, or not, by one look at somebody who is there. */
const IDS_PER_PROBE = 25;

/**
 * Known performers whom a whole walk did not meet, as far as ThePornDB confirms one by one that they are gone (404) or
 * live on under another id. Someone who is there is asked for too, again and again: where even that is 404, nobody is gone.
 */
export async function* findRemoved(
  client: ThePornDbClient,
  request: Pick<ListRequest, 'memory' | 'signal'>,
  walkId: string,
  seen: SeenIds,
): AsyncGenerator<SourceEvent> {
  const found = await findMissing(request, walkId, seen);
  const { known, missing, present } = found;
  if (missing.length === 0) return;
  if (isImplausible(found)) {
    return yield doubt(`${missing.length} of ${known} known performers are missing from it`);
  }
  for (let from = 0; from < missing.length; from += IDS_PER_PROBE) {
    const judged: SourceEvent[] = [];
    for (const remoteId of missing.slice(from, from + IDS_PER_PROBE)) {
      judged.push(...judge(remoteId, await client.locate(remoteId, request.signal)));
    }
    if (judged.length > 0 && (present === null || (await client.locate(present, request.signal)).isGone)) {
      return yield doubt('even someone who is in it cannot be asked for by id');
    }
    yield* judged;
  }
}

/** Ids are compared without case: it is the same uuid either way. */
function judge(remoteId: string, now: Whereabouts): SourceEvent[] {
  if (now.isGone) return [{ kind: 'removed', remoteId, mergedInto: null }];
  if (now.id === null || now.id.toLowerCase() === remoteId.toLowerCase()) return [];
  return [{ kind: 'removed', remoteId, mergedInto: now.id }];
}

function doubt(reason: string): SourceEvent {
  return {
    kind: 'warning',
    message: `ThePornDB’s listing is not believed to be whole: ${reason}. Nobody counts as gone`,
  };
}
