import type { Clock } from './clock.ts';
import type { HttpAnswer } from './http-answer.ts';
import { NotRetryable, Retryable, Throttled, withoutQuery } from './request-errors.ts';
import { productToken, type RobotsRules, readRobots } from './robots.ts';

/** Rules may be kept for a day (RFC 9309, 2.4); a host that says less is asked again sooner, but not for every page. */
const MAX_LIFETIME_MS = 24 * 3_600_000;
const MIN_LIFETIME_MS = 600_000;
/** While a host is down, its old rules stand for this long at a time. */
const STALE_LIFETIME_MS = 3_600_000;
/** A host that wants longer pauses between requests is left alone, as one is that wants us to come back that late. */
const MAX_SPACING_MS = 600_000;

/** Gives the host's answer for its robots.txt, redirects followed. @throws as the fetcher does */
export type FetchRobots = (robotsUrl: URL) => Promise<HttpAnswer>;

/** The robots.txt of every host that the process has met. */
export interface RobotsCache {
  /**
   * Whether the page may be asked for; the host's robots.txt is fetched when it is not known.
   *
   * @returns how long to wait between requests to its host at least, ms
   * @throws NotRetryable with the reason when it may not; Retryable or Throttled while the robots.txt is unreachable, for then
   * nothing may (RFC 9309, 2.3.1.4)
   */
  admit(url: URL, userAgent: string, ask: FetchRobots): Promise<number>;
}

type Entry = { freshUntil: number } & ({ rules: RobotsRules } | { refusal: string });

export function createRobotsCache(clock: Clock): RobotsCache {
  const entries = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Entry>>();

  async function find(key: string, make: (kept: Entry | undefined) => Promise<Entry>): Promise<Entry> {
    for (;;) {
      const kept = entries.get(key);
      if (kept && clock.now() < kept.freshUntil) return kept;
      const others = underWay.get(key);
      if (!others) return keep(key, make(kept));
      // Whoever asks may be told to stop; that is no answer for those who wait.
      await others.catch(() => null);
    }
  }

  async function keep(key: string, made: Promise<Entry>): Promise<Entry> {
    underWay.set(key, made);
    try {
      const entry = await made;
      entries.set(key, entry);
      return entry;
    } finally {
      underWay.delete(key);
    }
  }

  async function read(robotsUrl: URL, userAgent: string, ask: FetchRobots, kept?: Entry): Promise<Entry> {
    try {
      const answer = await ask(robotsUrl);
      const body = answer.status < 300 ? answer.body : new Uint8Array();
      const lifetimeMs = lifetimeOf(answer.headers['cache-control']);
      return { rules: readRobots(body, userAgent), freshUntil: clock.now() + lifetimeMs };
    } catch (error) {
      const freshUntil = clock.now() + STALE_LIFETIME_MS;
      if (error instanceof Retryable && kept) return { ...kept, freshUntil };
      if (error instanceof Retryable) throw unreachable(robotsUrl, error);
      if (!(error instanceof NotRetryable)) throw error;
      return { refusal: `its robots.txt cannot be read: ${error.message}`, freshUntil };
    }
  }

  return {
    async admit(url, userAgent, ask) {
      const robotsUrl = new URL('/robots.txt', url);
      const key = `${url.origin} ${productToken(userAgent)}`;
      const entry = await find(key, (kept) => read(robotsUrl, userAgent, ask, kept));
      if ('refusal' in entry) throw offLimits(url, entry.refusal);
      const { rules } = entry;
      if (!rules.isAllowed(url)) {
        throw offLimits(url, `the robots.txt of ${url.host} does not allow it to ${productToken(userAgent)}`);
      }
      if (rules.spacingMs > MAX_SPACING_MS) {
        throw offLimits(
          url,
          `the robots.txt of ${url.host} wants ${rules.spacingMs / 1_000} s between requests`,
        );
      }
      return rules.spacingMs;
    },
  };
}

function lifetimeOf(cacheControl: string | undefined): number {
  const maxAgeS = /\bmax-age=(\d+)/i.exec(cacheControl ?? '')?.[1];
  if (maxAgeS === undefined) return MAX_LIFETIME_MS;
  return Math.min(Math.max(Number(maxAgeS) * 1_000, MIN_LIFETIME_MS), MAX_LIFETIME_MS);
}

function offLimits(url: URL, why: string): NotRetryable {
  return new NotRetryable(`${withoutQuery(url)} is not asked for: ${why}`);
}

function unreachable({ host }: URL, error: Retryable): Retryable {
  const message = `nothing of ${host} is asked for while its robots.txt is out of reach: ${error.message}`;
  const facts = { cause: error, retryAfterMs: error.retryAfterMs };
  return error instanceof Throttled ? new Throttled(message, facts) : new Retryable(message, facts);
}
