import robotsParser from 'robots-parser';

/** What a host's robots.txt says about one visitor (RFC 9309). */
export interface RobotsRules {
  isAllowed(url: URL): boolean;
  /** Between two requests, ms; 0 when it does not say. `Crawl-delay` is no part of the RFC, but of good manners. */
  spacingMs: number;
}

/** What has to be read of a longer one, bytes (RFC 9309, 2.5). */
const READ_AT_LEAST = 500 * 1024;

/** Reads the rules that stand in `body` for a visitor with this user agent. Lines that make no sense are passed over. */
export function readRobots(robotsUrl: URL, body: Uint8Array, userAgent: string): RobotsRules {
  const text = Buffer.from(body.subarray(0, READ_AT_LEAST)).toString('utf8');
  const robots = robotsParser(robotsUrl.href, text);
  const token = productToken(userAgent);
  const delayS = robots.getCrawlDelay(token) ?? 0;
  return {
    // Undefined is a url of another host, for which these rules do not speak.
    isAllowed: (url) => robots.isAllowed(url.href, token) ?? true,
    spacingMs: Math.max(0, delayS * 1_000),
  };
}

/** The name under which robots.txt speaks of us: letters, hyphens and underscores at the front (RFC 9309, 2.2.1). */
export function productToken(userAgent: string): string {
  return /^[a-z_-]+/i.exec(userAgent)?.[0] ?? '*';
}
