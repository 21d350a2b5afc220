import type { ReferenceMode, SourceId } from '@trainer/shared/sources';
import type { FetchedImage, ListedImage, SourceTraffic, Validators } from './source.ts';

/**
 * The port that every adapter of a source fits which only adds to known performers: reference sites, and the owner's Stash.
 *
 * The pipeline goes through the catalog and asks about one performer after the other. An adapter whose source is quicker to
 * read as a whole does that at the first look-up and answers from memory.
 */
export interface EnrichSource {
  readonly id: SourceId;
  /**
   * @throws NotRetryable or Retryable when this performer cannot be looked up now (the task counts an error and goes on),
   * SourceBlocked when no performer can be, or the signal's reason
   */
  lookUp(performer: KnownPerformer, request: LookUpRequest): Promise<LookUp>;
  /** @throws SourceBlocked or the signal's reason; everything else is a `FetchedImage` */
  fetchImage(image: FoundImage, known: Validators, signal: AbortSignal): Promise<FetchedImage>;
  traffic(): SourceTraffic;
  close(): Promise<void>;
}

/** What the catalog knows about a performer that helps to find it elsewhere. */
export interface KnownPerformer {
  /** The catalog's own. */
  performerId: number;
  /** The canonical name first. */
  names: string[];
  /** At stash-boxes. */
  ids: RemoteId[];
  urls: string[];
  gender: string | null;
  country: string | null;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  birthDate: string | null;
}

export interface RemoteId {
  endpoint: string;
  remoteId: string;
}

export interface LookUpRequest {
  /** From the urls that stash-boxes gave, or also by name; sources that know neither ignore it. */
  mode: ReferenceMode;
  /** More are not worth finding. */
  maxImages: number;
  /** What an earlier look-up was told about a page, so that one which has not changed need not be sent again. */
  known: (pageUrl: string) => Validators | null;
  signal: AbortSignal;
}

export const lookUpOutcomes = {
  found: 'the performer is there, with images',
  empty: 'the performer is there, without images',
  unchanged: 'nothing has changed since the pages that are known',
  not_found: 'the source was asked and does not have the performer',
  no_lead: 'nothing is known that could be asked for, so nothing was asked and nothing need be remembered',
} as const;
export type LookUpOutcome = keyof typeof lookUpOutcomes;

export interface LookUp {
  outcome: LookUpOutcome;
  /** In the order in which they are to be tried. */
  images: FoundImage[];
  /** Pages that were read, for the next look-up and for whoever asks why something is here. */
  pages: ReadPage[];
  /** Other names there: for look-ups and reviews, never published on this word alone. */
  aliases: string[];
  /** Links out of the performer's page. */
  urls: string[];
  /** What could not be read although the rest could. */
  warnings: string[];
}

/** An image, and why it is here. */
export interface FoundImage extends ListedImage {
  pageUrl: string;
  /** How the source came to say that this is the performer: `stash id of stashdb`, `stored url`, `exact name`. */
  rule: string;
}

export interface ReadPage extends Validators {
  url: string;
}

/** A look-up that yields nothing. */
export function emptyLookUp(outcome: Exclude<LookUpOutcome, 'found'>): LookUp {
  return { outcome, images: [], pages: [], aliases: [], urls: [], warnings: [] };
}
