import type { Fetcher } from '../../http/fetcher.ts';
import { createOutageRetry } from '../base/outage-retry.ts';
import { createPictureHosts } from '../base/picture-hosts.ts';
import type {
  FetchedImage,
  ListedImage,
  ListRequest,
  Source,
  SourceEvent,
  SourceMemory,
  Validators,
} from '../base/source.ts';
import { createClient } from './client.ts';
import { readCursor } from './cursor.ts';
import { createResourceFetcher, type Endpoint } from './fetch-resource.ts';
import { defaultSweeps, scanAll } from './scan-all.ts';
import { LISTING_LIMIT } from './scan-by-gender.ts';

interface ThePornDbOptions {
  endpoint: Endpoint;
  fetcher: Fetcher;
  now: () => Date;
  /** Rows per page of each sweep. */
  sweeps?: readonly number[];
  /** The total that a listing has which is cut off. */
  listingLimit?: number;
}

/**
 * ThePornDB over REST. It tells no time of change, so every run walks through all of it; each record carries a hash of
 * itself instead, by which whoever has not changed costs neither a commit nor a request for pictures.
 */
export function openThePornDb({
  endpoint,
  fetcher,
  now,
  sweeps = defaultSweeps,
  listingLimit = LISTING_LIMIT,
}: ThePornDbOptions): Source {
  const outageRetry = createOutageRetry('ThePornDB', fetcher);
  const client = createClient(createResourceFetcher(endpoint, fetcher, outageRetry), endpoint);
  let memory: SourceMemory | null = null;
  const pictures = createPictureHosts({
    fetcher,
    servedBefore: async () => (await memory?.listServedUrls?.()) ?? [],
  });

  async function* list(asked: ListRequest): AsyncGenerator<SourceEvent> {
    memory = asked.memory;
    if (asked.cursor !== null) outageRetry.markAsWorking();
    const kept = readCursor(asked.cursor) ?? { walk: null, walkedBy: null };
    const isOutdated = asked.full && kept.walk !== null && kept.walk.run !== asked.run;
    if (isOutdated && kept.walk) yield { kind: 'scan_over', scan: kept.walk.id };
    const cursor = isOutdated ? { ...kept, walk: null } : kept;
    if (cursor.walk === null && cursor.walkedBy === asked.run) return yield { kind: 'finished', cursor };
    const walk = cursor.walk ?? {
      id: `theporndb ${asked.run} ${now().toISOString()}`,
      run: asked.run,
      sweep: 0,
      page: 1,
    };
    const { memory: asking, signal } = asked;
    yield* scanAll(client, { memory: asking, signal, sweeps, listingLimit }, cursor, walk);
    yield { kind: 'finished', cursor: { walk: null, walkedBy: asked.run } };
    yield { kind: 'scan_over', scan: walk.id };
  }

  return {
    id: 'theporndb',
    list,
    fetchImage: (image, known, signal) => fetchPicture(pictures, image, known, signal),
    traffic: () => ({ ...fetcher.traffic.total(), hosts: fetcher.traffic.hosts }),
    close: fetcher.close,
  };
}

/** Without the token, which other hosts must not see. The record's hash takes the place of the picture's own ETag. */
async function fetchPicture(
  pictures: ReturnType<typeof createPictureHosts>,
  { url, revision }: ListedImage,
  { lastModified }: Validators,
  signal: AbortSignal,
): Promise<FetchedImage> {
  const fetched = await pictures.fetch(url, { etag: null, lastModified }, signal);
  if (fetched.kind === 'failed') return fetched;
  return { ...fetched, etag: revision, lastModified: fetched.lastModified ?? lastModified };
}

/**
 * Where the REST interface begins. Older setups wrote the endpoint under which Stash knows ThePornDB into the variable
 * (`https://theporndb.net/graphql`); no data come from there, so it means the usual address.
 */
export function restAddress(configured: string | undefined, usual: string): string {
  if (configured === undefined) return usual;
  const host = new URL(configured).hostname.replace(/^www\./, '');
  return ['theporndb.net', 'metadataapi.net'].includes(host) ? usual : configured;
}
