import type { SourceId } from '@trainer/contract/sources';
import type { PerformerRecord } from '../../catalog/performer-record.ts';
import type { Traffic } from '../../http/traffic.ts';

/**
 * The port that every adapter of a source which creates performers fits.
 *
 * `list` tells what is there as a stream of events; the pipeline pulls, so an adapter never runs ahead by more than a page.
 * Each event that has a `cursor` is a place to go on from: a later `list` that is given it tells everything
 * after that event, and perhaps some of what came before again.
 */
export interface Source {
  readonly id: SourceId;
  /**
   * @throws SourceBlocked, Retryable (all tries used up) or the signal's reason; the cursors of events that were told
   * stay good
   */
  list(request: ListRequest): AsyncIterable<SourceEvent>;
  /** @throws SourceBlocked or the signal's reason; everything else is a `FetchedImage` */
  fetchImage(image: ListedImage, known: Validators, signal: AbortSignal): Promise<FetchedImage>;
  /** The same in a smaller size, for a picture that is too large to be decoded. Left out by sources that have no sizes. */
  fetchSmaller?(image: ListedImage, signal: AbortSignal): Promise<FetchedImage>;
  traffic(): SourceTraffic;
  close(): Promise<void>;
}

export interface ListRequest {
  /** As an earlier event gave it, after a journey through JSON; null at first. */
  cursor: unknown;
  /** Tell everything, also what has not changed. */
  full: boolean;
  /** Names the run, so that a full listing that it finished is not begun again when its task is taken up anew. */
  run: string;
  memory: SourceMemory;
  signal: AbortSignal;
}

/** What the catalog remembers of this source. */
export interface SourceMemory {
  /** Which of the ids were committed in the scan. */
  seenIds(scan: string, remoteIds: string[]): Promise<Set<string>>;
  seenCount(scan: string): Promise<number>;
  /** Every id that the catalog holds and that is not deleted, in portions and in their order; those after `after` when it is given. */
  knownIds(after?: string): AsyncIterable<string[]>;
  /** Which of the ids the catalog holds, deleted ones left out. */
  heldIds(remoteIds: string[]): Promise<ReadonlySet<string>>;
  /**
   * Ids of performers with images that failed some time ago and are worth asking for now, in portions: for a source that tells
   * only what has changed. Left out where nothing is remembered.
   */
  idsToAskAgain?(): AsyncIterable<string[]>;
  /** Addresses of images that the source has served, the latest first. Left out where nothing is remembered. */
  listServedUrls?(): Promise<string[]>;
}

export type SourceEvent =
  | { kind: 'total'; performers: number }
  /** `scan`: tick the performer off in it, together with the commit. */
  | { kind: 'performer'; performer: ListedPerformer; cursor: unknown; scan: string | null }
  /** The source no longer has it; `mergedInto` is the id that took its place. */
  | { kind: 'removed'; remoteId: string; mergedInto: string | null }
  /** A performer that cannot be read; it counts as an error, and the listing goes on. */
  | { kind: 'unreadable'; what: string; reason: string }
  | { kind: 'warning'; message: string }
  | { kind: 'finished'; cursor: unknown }
  /** Who was seen in it need not be remembered any more. */
  | { kind: 'scan_over'; scan: string };

export interface ListedPerformer {
  record: PerformerRecord;
  /** In the order in which they are to be tried. */
  images: ListedImage[];
  /** Whether these are all images that the source has of the performer: false when a part of them could not be read. */
  isWhole: boolean;
}

export interface ListedImage {
  /** Names the picture in the catalog. */
  url: string;
  /** px; null when the source does not say. */
  widthPx: number | null;
  heightPx: number | null;
  /** Equal url and revision mean equal content, so nothing needs to be asked; null when only asking tells. */
  revision: string | null;
}

/** As the last fetch of the same picture gave them. */
export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

/** Keys under which failed pictures are counted. */
export type ImageFailure = 'image_missing' | 'image_refused' | 'image_not_taken' | 'image_unreachable';

export type FetchedImage =
  | ({ kind: 'fetched'; bytes: Uint8Array } & Validators)
  | ({ kind: 'unchanged' } & Validators)
  /** `message` says it in words. Unreachable and refused ones may be better next time; the others are final. */
  | { kind: 'failed'; reason: ImageFailure; message: string };

export interface SourceTraffic {
  requests: number;
  bytes: number;
  waitedMs: number;
  /** By `host:port`; left out by sources that are not on the network. */
  hosts?: ReadonlyMap<string, Readonly<Traffic>>;
}
