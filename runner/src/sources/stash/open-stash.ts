import type { SourceDefinition } from '@trainer/contract/sources';
import type { Fetcher } from '../../http/fetcher.ts';
import { Retryable, SourceBlocked } from '../../http/request-errors.ts';
import type {
  EnrichSource,
  FoundImage,
  KnownPerformer,
  LookUp,
  LookUpOutcome,
  RemoteId,
} from '../base/enrich-source.ts';
import { createOutageRetry } from '../base/outage-retry.ts';
import { createPictureHosts } from '../base/picture-hosts.ts';
import type { FetchedImage, Validators } from '../base/source.ts';
import { createQueryRunner } from '../stash-box/query.ts';
import { readLibrary, type StashLibrary, type StashPerformer } from './read-library.ts';

interface StashOptions {
  /** As the owner wrote it: with `/graphql` at its end or without. */
  url: string;
  /** Empty for a Stash without a password. */
  apiKey: string;
  fetcher: Fetcher;
  /** From the host of an endpoint to the short name of its stash-box. */
  boxes: ReadonlyMap<string, string>;
}

type Found = StashPerformer & { record: RemoteId };

/**
 * The owner's own Stash: the pictures that they chose for performers whom a stash-box knows. The library is read once, at the
 * first look-up, and every look-up is answered from memory.
 */
export function openStash({ url, apiKey, fetcher, boxes }: StashOptions): EnrichSource {
  const base = url.replace(/\/+$/, '').replace(/\/graphql$/, '');
  const endpoint = {
    title: 'Your Stash',
    url: `${base}/graphql`,
    apiKey,
    keyVariable: 'STASH_API_KEY',
    urlVariable: 'STASH_URL',
    keyPlace: 'Settings › Security of your Stash',
    refusal:
      'it was reached from the internet without a password, and serves nothing since, to protect itself (its tripwire); set a password there, as its documentation says under "authentication required when accessing Stash from the internet"',
  };
  const runQuery = createQueryRunner(endpoint, fetcher, createOutageRetry(endpoint.title, fetcher));
  const pictures = createPictureHosts({ fetcher, servedBefore: async () => [] });
  let library: Promise<StashLibrary> | null = null;

  /** One that could not be read is not remembered. */
  async function open(signal: AbortSignal): Promise<StashLibrary> {
    library ??= readLibrary(runQuery, boxes, signal);
    try {
      return await library;
    } catch (error) {
      library = null;
      if (error instanceof Retryable) throw new SourceBlocked(error.message, { cause: error });
      throw error;
    }
  }

  async function lookUp({ ids }: KnownPerformer, signal: AbortSignal): Promise<LookUp> {
    if (ids.length === 0) return nothing('skipped', 'no stash-box knows the performer');
    const library = await open(signal);
    const { isWhole } = library;
    const found = findAll(library, ids);
    const [first] = found;
    if (!first) {
      const reason = 'nobody in your Stash has one of the performer’s stash ids';
      return { ...nothing('not_found', reason), isWhole };
    }
    const images = found.flatMap((performer) => readImage(base, performer));
    return {
      outcome: images.length === 0 ? 'empty' : 'found',
      reason: images.length === 0 ? 'the performer has no picture in your Stash' : null,
      page: { url: pageUrl(base, first), name: first.name, aliases: [], links: [] },
      images,
      isWhole,
      problems: [],
    };
  }

  return {
    id: 'stash',
    listsAll: true,
    lookUp: (performer, { signal }) => lookUp(performer, signal),
    fetchImage: (image, known, signal) => fetchPicture(pictures, apiKey, image, known, signal),
    traffic: () => ({ ...fetcher.traffic.total(), hosts: fetcher.traffic.hosts }),
    close: fetcher.close,
  };
}

/** Everyone in the library who has one of the ids, each once. */
function findAll(library: StashLibrary, ids: readonly RemoteId[]): Found[] {
  const found = new Map<string, Found>();
  for (const { endpoint, remoteId } of ids) {
    for (const performer of library.find(endpoint, remoteId)) {
      if (!found.has(performer.id)) found.set(performer.id, { ...performer, record: { endpoint, remoteId } });
    }
  }
  return [...found.values()];
}

/** At the address that the owner configured, whatever host Stash believes to be: that one, exactly, may be private. */
function readImage(base: string, performer: Found): FoundImage[] {
  if (performer.pictureRevision === null) return [];
  return [
    {
      url: `${base}/performer/${encodeURIComponent(performer.id)}/image`,
      widthPx: null,
      heightPx: null,
      revision: performer.pictureRevision,
      pageUrl: pageUrl(base, performer),
      rule: `stash id of ${performer.record.endpoint}`,
      record: performer.record,
      fallbacks: [],
    },
  ];
}

function pageUrl(base: string, { id }: StashPerformer): string {
  return `${base}/performers/${encodeURIComponent(id)}`;
}

/** Pictures need the key as well. The time of change takes the place of the picture's own ETag. */
async function fetchPicture(
  pictures: ReturnType<typeof createPictureHosts>,
  apiKey: string,
  { url, revision }: FoundImage,
  { lastModified }: Validators,
  signal: AbortSignal,
): Promise<FetchedImage> {
  const headers: Record<string, string> = apiKey === '' ? {} : { ApiKey: apiKey };
  const fetched = await pictures.fetch(url, { etag: null, lastModified }, signal, headers);
  return fetched.kind === 'failed' ? fetched : { ...fetched, etag: revision };
}

function nothing(outcome: LookUpOutcome, reason: string): LookUp {
  return { outcome, reason, page: null, images: [], problems: [] };
}

/**
 * Which stash-box an endpoint in `stash_ids` means, by its host: the public ones, and the addresses that the owner set instead.
 * `settings` are the owner's variables.
 */
export function boxHosts(
  sources: readonly SourceDefinition[],
  settings: (variable: string) => string | undefined,
): Map<string, string> {
  const boxes = sources.filter(({ kind }) => kind === 'stash-box');
  return new Map(
    boxes.flatMap(({ id, domain, address, url_variable: variable }): [string, string][] => {
      const configured = URL.parse((variable && settings(variable)) ?? '')?.host;
      const own = URL.parse(address ?? '')?.host;
      return [domain, own, configured].flatMap((host): [string, string][] => (host ? [[host, id]] : []));
    }),
  );
}
