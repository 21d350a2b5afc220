import type { SourceId } from '@trainer/shared/sources';
import type { Fetcher } from '../../http/fetcher.ts';
import { fetchImage } from '../fetch-image.ts';
import type { ListedImage, ListRequest, Source, SourceEvent } from '../source.ts';
import { createAsk, type Endpoint } from './ask.ts';
import { createClient } from './client.ts';
import { readCursor, type StashBoxCursor } from './cursor.ts';
import { defaultSweeps, scanAll } from './scan-all.ts';
import { scanChanges } from './scan-changes.ts';
import { scanRemovals } from './scan-removals.ts';
import type { ScanRequest, Sweep } from './scan-request.ts';

export interface StashBoxOptions {
  id: SourceId;
  endpoint: Endpoint;
  fetcher: Fetcher;
  now: () => Date;
  /** How full scans walk; the first one's page size serves the other scans too. */
  sweeps?: readonly Sweep[];
}

/** StashDB, PMVStash, JAVStash or FansDB: one adapter, because they run one program. */
export function openStashBox({
  id,
  endpoint,
  fetcher,
  now,
  sweeps = defaultSweeps,
}: StashBoxOptions): Source {
  const client = createClient(createAsk(endpoint, fetcher));

  async function* list(asked: ListRequest): AsyncGenerator<SourceEvent> {
    const request = { source: id, memory: asked.memory, signal: asked.signal, sweeps };
    const cursor = readCursor(asked.cursor) ?? { syncedAt: null, scan: null, fullScanOf: null };
    const isFull = cursor.syncedAt === null || (asked.full && cursor.fullScanOf !== asked.run);
    if (cursor.scan !== null || isFull) yield* listAll(request, cursor, asked.run);
    else yield* listChanges(request, cursor, cursor.syncedAt ?? '');
  }

  async function* listAll(
    request: ScanRequest,
    cursor: StashBoxCursor,
    run: string,
  ): AsyncGenerator<SourceEvent> {
    const startedAt = cursor.scan?.startedAt ?? now().toISOString();
    const scan = cursor.scan ?? { id: `${id} ${startedAt}`, startedAt, sweep: 0, page: 1 };
    yield* scanAll(client, request, cursor, scan);
    // In a first scan nobody was known before, but those met early may be gone by now.
    yield* scanRemovals(client, request, cursor.syncedAt ?? startedAt);
    const done: StashBoxCursor = { syncedAt: startedAt, scan: null, fullScanOf: run };
    yield { kind: 'finished', cursor: done, scan: scan.id };
  }

  async function* listChanges(
    request: ScanRequest,
    cursor: StashBoxCursor,
    since: string,
  ): AsyncGenerator<SourceEvent> {
    // The start, not the newest `updated`: a row that is touched during the scan jumps to the front, behind our back.
    const syncedAt = now().toISOString();
    yield* scanChanges(client, request, cursor, since);
    yield* scanRemovals(client, request, since);
    yield { kind: 'finished', cursor: { ...cursor, syncedAt }, scan: null };
  }

  /** The largest size there is; without a key, which pictures do not need and other hosts must not see. */
  async function fetchPicture({ url, revision }: ListedImage, signal: AbortSignal) {
    const full = URL.parse(url);
    full?.searchParams.set('size', 'full');
    const fetched = await fetchImage(fetcher, full?.href ?? url, { etag: null, lastModified: null }, signal);
    return fetched.kind === 'fetched' ? { ...fetched, etag: revision } : fetched;
  }

  return {
    id,
    list,
    fetchImage: (image, _, signal) => fetchPicture(image, signal),
    traffic: () => ({ ...fetcher.traffic.total(), waitedMs: fetcher.waitedMs() }),
    close: fetcher.close,
  };
}
