import type { SourceId } from '@trainer/contract/sources';
import type { Fetcher } from '../../http/fetcher.ts';
import { createSeenIds } from '../base/find-missing.ts';
import { createOutageRetry } from '../base/outage-retry.ts';
import { createPictureHosts } from '../base/picture-hosts.ts';
import type {
  FetchedImage,
  ListedImage,
  ListRequest,
  Source,
  SourceEvent,
  SourceMemory,
} from '../base/source.ts';
import { createClient, type StashBoxClient } from './client.ts';
import { readCursor, type StashBoxCursor } from './cursor.ts';
import { checkKnown, findRemoved } from './find-removed.ts';
import { createQueryRunner, type Endpoint } from './query.ts';
import type { ScanRequest, Sweep } from './read-pages.ts';
import { readPerformer } from './read-performer.ts';
import { defaultSweeps, scanAll } from './scan-all.ts';
import { scanChanges } from './scan-changes.ts';
import { type Removal, readRemovals } from './scan-removals.ts';

interface StashBoxOptions {
  id: SourceId;
  endpoint: Endpoint;
  fetcher: Fetcher;
  now: () => Date;
  /** How full scans walk; the first one's page size serves the other scans too. */
  sweeps?: readonly Sweep[];
}

const noCursor: StashBoxCursor = { syncedAt: null, scan: null, fullScanOf: null, count: null, check: null };

function idsOf(removals: readonly Removal[]): ReadonlySet<string> {
  return new Set(removals.map(({ remoteId }) => remoteId));
}

type ImageSize = '300' | '1280' | 'full';

/** The longer edge, px: enough for a face, and never too much to decode. */
const SMALLER: ImageSize = '1280';

/** StashDB, PMVStash, JAVStash or FansDB: one adapter, because they run one program. */
export function openStashBox({
  id,
  endpoint,
  fetcher,
  now,
  sweeps = defaultSweeps,
}: StashBoxOptions): Source {
  const outageRetry = createOutageRetry(endpoint.title, fetcher);
  const client = createClient(createQueryRunner(endpoint, fetcher, outageRetry));
  let memory: SourceMemory | null = null;
  const pictures = createPictureHosts({
    fetcher,
    servedBefore: async () => (await memory?.listServedUrls?.()) ?? [],
    small: (url) => inSize(url, '300'),
  });

  async function* list(asked: ListRequest): AsyncGenerator<SourceEvent> {
    memory = asked.memory;
    if (asked.cursor !== null) outageRetry.markAsWorking();
    const request = { source: id, memory: asked.memory, signal: asked.signal, sweeps };
    const kept = readCursor(asked.cursor) ?? noCursor;
    const isOutdated = asked.full && kept.scan !== null && kept.scan.run !== asked.run;
    if (isOutdated && kept.scan) yield { kind: 'scan_over', scan: kept.scan.id };
    const cursor = isOutdated ? { ...kept, scan: null } : kept;
    const isFull = cursor.scan !== null || (asked.full && cursor.fullScanOf !== asked.run);
    if (isFull || cursor.syncedAt === null) yield* listAll(request, cursor, asked.run);
    else yield* listChanges(request, cursor, cursor.syncedAt);
  }

  async function* listAll(
    request: ScanRequest,
    cursor: StashBoxCursor,
    run: string,
  ): AsyncGenerator<SourceEvent> {
    const begun = now().toISOString();
    const scan = cursor.scan ?? { id: `${id} ${begun}`, run, startedAt: begun, sweep: 0, page: 1 };
    const seen = createSeenIds(await request.memory.seenCount(scan.id));
    const count = yield* scanAll(client, request, cursor, scan, seen);
    // In a first scan nobody was known before, but those met early may be gone by now.
    const removals = (await readRemovals(client, request, cursor.syncedAt ?? scan.startedAt)) ?? [];
    yield* removals;
    yield* findRemoved(client, request, scan.id, seen, idsOf(removals));
    yield {
      kind: 'finished',
      cursor: { ...noCursor, syncedAt: scan.startedAt, fullScanOf: scan.run, count } satisfies StashBoxCursor,
    };
    yield { kind: 'scan_over', scan: scan.id };
  }

  async function* listChanges(
    request: ScanRequest,
    cursor: StashBoxCursor,
    since: string,
  ): AsyncGenerator<SourceEvent> {
    // The start, not the newest `updated`: a row that is touched during the scan jumps to the front, behind our back.
    const syncedAt = now().toISOString();
    const removals = await readRemovals(client, request, since);
    const reported = idsOf(removals ?? []);
    const leaving = await request.memory.heldIds([...reported]);
    // A run that is cut short has taken some in, and then the counts cannot be compared.
    const uncounted = { ...cursor, count: null };
    const { count, fresh, present } = yield* scanChanges(client, request, uncounted, since);
    yield* scanFailed(client, request, uncounted);
    yield* removals ?? [];
    const isShort = removals === null || cursor.count === null || count < cursor.count + fresh - leaving.size;
    const begun = cursor.check ?? { after: '', again: false };
    const due = isShort && cursor.check ? { ...begun, again: true } : begun;
    const check = isShort || cursor.check ? yield* checkKnown(client, request, due, present, reported) : null;
    yield { kind: 'finished', cursor: { ...cursor, syncedAt, count, check } satisfies StashBoxCursor };
  }

  /** Without a key, which pictures do not need and other hosts must not see. */
  async function fetchIn(size: ImageSize, { url, revision }: ListedImage, signal: AbortSignal) {
    const fetched = await pictures.fetch(inSize(url, size), { etag: null, lastModified: null }, signal);
    return fetched.kind === 'fetched' ? { ...fetched, etag: revision } : fetched;
  }

  /** The largest size that may be taken. */
  async function fetchPicture(image: ListedImage, signal: AbortSignal): Promise<FetchedImage> {
    const full = await fetchIn('full', image, signal);
    const isTooLarge = full.kind === 'failed' && full.reason === 'image_not_taken';
    return isTooLarge ? fetchIn(SMALLER, image, signal) : full;
  }

  return {
    id,
    list,
    fetchImage: (image, _, signal) => fetchPicture(image, signal),
    fetchSmaller: (image, signal) => fetchIn(SMALLER, image, signal),
    traffic: () => ({ ...fetcher.traffic.total(), hosts: fetcher.traffic.hosts }),
    close: fetcher.close,
  };
}

/** The address of a picture in one of the sizes that a stash-box serves. */
function inSize(url: string, size: ImageSize): string {
  const sized = URL.parse(url);
  sized?.searchParams.set('size', size);
  return sized?.href ?? url;
}

/** Aliased look-ups in one document, each with all that is asked of a performer: a quarter of a page of a scan. */
const PERFORMERS_PER_QUERY = 25;

/**
 * Performers with images that failed some time ago and are worth asking for now: one that has not changed since is in no scan of
 * changes. Those that the box has deleted are left to the scan of removals.
 */
async function* scanFailed(
  client: StashBoxClient,
  { source, memory, signal }: ScanRequest,
  cursor: StashBoxCursor,
): AsyncGenerator<SourceEvent> {
  for await (const ids of memory.idsToAskAgain?.() ?? []) {
    for (let from = 0; from < ids.length; from += PERFORMERS_PER_QUERY) {
      const rows = await client.findPerformers(ids.slice(from, from + PERFORMERS_PER_QUERY), signal);
      for (const value of rows) {
        const row = readPerformer(source, value);
        if ('performer' in row) yield { kind: 'performer', performer: row.performer, cursor, scan: null };
        else yield { kind: 'unreadable', ...row };
      }
    }
  }
}
