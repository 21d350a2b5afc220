import type { Gender, ReferenceMode, SourceId } from '@trainer/contract/sources';
import type { FetchedImage, ListedImage, SourceTraffic, Validators } from './source.ts';

/**
 * The port that every adapter of a source fits which only adds to known performers: reference sites, and the owner's Stash.
 *
 * The pipeline goes through the catalog and asks about one performer after the other. An adapter whose source is quicker to
 * read as a whole does that at the first look-up and answers from memory.
 */
export interface EnrichSource {
  readonly id: SourceId;
  /** Changes when the adapter reads answers in another way, so that what it made of them before no longer stands. */
  readonly edition?: string;
  /** Its answers can list everything that it has of a performer (`LookUp.isWhole`), at no cost to anybody. */
  readonly listsAll?: boolean;
  /** @throws SourceBlocked when nobody can be looked up, or the signal's reason; everything else is an outcome */
  lookUp(performer: KnownPerformer, request: LookUpRequest): Promise<LookUp>;
  /** @throws SourceBlocked or the signal's reason; everything else is a `FetchedImage` */
  fetchImage(image: FoundImage, known: Validators, signal: AbortSignal): Promise<FetchedImage>;
  traffic(): SourceTraffic;
  close(): Promise<void>;
}

/** A page as a transport brings it. */
export interface PageAnswer {
  /** 0 when the transport cannot know it: FlareSolverr's is always 200. */
  status: number;
  headers: Record<string, string | undefined>;
  /** Bytes as they came, or text from a browser. */
  body: Uint8Array | string;
  /** After redirects. */
  url: string;
}

/** What the catalog knows about a performer that helps to find it elsewhere. */
export interface KnownPerformer {
  name: string;
  aliases: readonly string[];
  /** As stash-boxes gave them. */
  urls: readonly string[];
  /** At stash-boxes. */
  ids: readonly RemoteId[];
  gender: Gender | null;
  birthYear: number | null;
}

export interface RemoteId {
  /** Short name of the stash-box: `stashdb`. */
  endpoint: string;
  remoteId: string;
}

export interface LookUpRequest {
  /** For sources that know the difference. */
  mode: ReferenceMode;
  /** More are not worth finding. */
  maxImages?: number;
  /** For sources that are read page by page. */
  pages?: PageMemory;
  signal: AbortSignal;
}

/** What is remembered of one performer's pages at a source; all by the addresses that were asked for. */
export interface PageMemory {
  /** What an earlier look-up was told about a page, so that one which has not changed need not be sent again. */
  known(url: string): Validators | null;
  /** The page as it came to a look-up that was cut short, so that it need not be asked for twice. */
  kept(url: string): PageAnswer | null;
  /** Keeps a page that has come, until the look-up has been dealt with. */
  keep(url: string, answer: PageAnswer): Promise<void>;
}

export const lookUpOutcomes = {
  found: 'the performer is there, with images',
  empty: 'the performer is there, without an image of use',
  unchanged: 'everything about the performer is as it was known',
  not_found: 'the source does not know the performer',
  mismatch: 'what was found is about somebody else',
  unrecognised: 'an answer that the adapter does not understand: the source may have changed',
  failed: 'the answer could not be read; another time it may',
  skipped: 'there was no reason to ask, so nothing need be remembered',
} as const;
export type LookUpOutcome = keyof typeof lookUpOutcomes;

export interface LookUp {
  outcome: LookUpOutcome;
  /** In words, when it is not `found`. */
  reason: string | null;
  /** Where the performer was found, or null. */
  page: PerformerPage | null;
  /** In the order in which they are to be tried. */
  images: FoundImage[];
  /** Whether `images` are all that the source has of the performer; false when left out. Others from there are retired. */
  isWhole?: boolean;
  /** What went wrong on the way without spoiling it. */
  problems: string[];
  /** Pages that came whole or unchanged, with what to ask with next time. */
  read?: ReadPage[];
}

export interface ReadPage extends Validators {
  url: string;
}

export interface PerformerPage {
  url: string;
  name: string;
  /** For look-ups and reviews; never published on this word alone. */
  aliases: string[];
  /** Links out of the page. */
  links: string[];
}

/** An image, and why it is here. */
export interface FoundImage extends ListedImage {
  pageUrl: string;
  /** What made the source say that this is the performer: the site definition's rule, `stash id of stashdb`. */
  rule: string;
  /** Smaller ones of the same picture, for when it is missing. */
  fallbacks: string[];
  /** The record whose id led to it, where that is known. */
  record?: RemoteId;
}
