import type { LookupFunction } from 'node:net';
import type { Clock } from '../../../http/clock.ts';
import type { Limiter } from '../../../http/limiter.ts';
import type { RobotsBook } from '../../../http/robots-book.ts';

/** What every transport of a site shares. */
export interface TransportDeps {
  sourceId: string;
  /** The site's origin. */
  site: string;
  /** One for pages and pictures of the site, whatever way they come. */
  limiter: Limiter;
  clock: Clock;
  /** 0 to 1, for jitter. */
  random: () => number;
  userAgent: string;
  /** Whose rules are obeyed; left out where the owner overrides them. */
  robots?: RobotsBook;
  /** Origins that may be private, exactly. */
  allowedOrigins: ReadonlySet<string>;
  /** Keeps the browser sessions of two runners apart. */
  sessionSuffix: string;
  lookup?: LookupFunction;
  /** Hears, in a sentence, that the site has to be waited for. */
  onWait?: (message: string) => void;
  /** Aborted when the work is to end: nothing that is away is waited for any more. */
  stop?: AbortSignal;
}
