import type { PageAnswer } from '../../base/enrich-source.ts';
import type { FetchedImage, SourceTraffic, Validators } from '../../base/source.ts';

/** One way to a site's pages and pictures. */
export interface Transport {
  /**
   * Status 304 when the page is still as `known` says; a browser cannot ask that and always brings it.
   *
   * @throws SourceBlocked, NotRetryable (off limits by robots.txt, too large, …), Retryable (all tries used up) or the
   * signal's reason
   */
  fetchPage(url: string, known: Validators, signal: AbortSignal): Promise<PageAnswer>;
  /** @throws SourceBlocked or the signal's reason; everything else is a `FetchedImage` */
  fetchImage(url: string, options: ImageOptions, signal: AbortSignal): Promise<FetchedImage>;
  traffic(): SourceTraffic;
  close(): Promise<void>;
}

export interface ImageOptions {
  referer: string | null;
  known: Validators;
}
