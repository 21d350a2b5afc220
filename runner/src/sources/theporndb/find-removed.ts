import type { MetIds } from '../met-ids.ts';
import type { ListRequest, SourceEvent } from '../source.ts';
import type { ThePornDbClient, Whereabouts } from './client.ts';

/** More than this share of the known missing from a listing is a fault of the listing. */
const MAX_MISSING_SHARE = 0.2;
const ALWAYS_LOOKED_FOR = 100;

interface Missing {
  known: number;
  missing: string[];
  /** Someone whom the walk has met. */
  present: string | null;
}

/**
 * Known performers whom a whole walk did not meet, as far as ThePornDB confirms one by one that they are gone (404) or
 * live on under another id. Someone who is there is asked for too: where even that is 404, nobody is gone.
 */
export async function* findRemoved(
  client: ThePornDbClient,
  request: Pick<ListRequest, 'memory' | 'signal'>,
  walkId: string,
  met: MetIds,
): AsyncGenerator<SourceEvent> {
  const { known, missing, present } = await compare(request, walkId, met);
  if (missing.length === 0) return;
  if (missing.length > Math.max(ALWAYS_LOOKED_FOR, known * MAX_MISSING_SHARE)) {
    return yield doubt(`${missing.length} of ${known} known performers are missing from it`);
  }
  if (present !== null && (await client.locate(present, request.signal)).isGone) {
    return yield doubt('even someone who is in it cannot be asked for by id');
  }
  for (const remoteId of missing) yield* judge(remoteId, await client.locate(remoteId, request.signal));
}

async function compare(
  { memory }: Pick<ListRequest, 'memory'>,
  walkId: string,
  met: MetIds,
): Promise<Missing> {
  const found: Missing = { known: 0, missing: [], present: null };
  for await (const ids of memory.knownIds()) {
    const seen = await memory.seenIds(walkId, ids);
    // The commits of the latest may still be under way.
    const isMet = (id: string) => seen.has(id) || met.isRecent(id);
    found.known += ids.length;
    found.missing.push(...ids.filter((id) => !isMet(id)));
    found.present ??= ids.find(isMet) ?? null;
  }
  return found;
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
