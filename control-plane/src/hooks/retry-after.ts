import { parseHttpDate } from '@trainer/contract/http-date';

/** Longer than this nobody is waited for, ms: a message of yesterday tells no news. */
const MAX_MS = 24 * 60 * 60 * 1_000;

/** What `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3), ms from `now`; null when it asks for nothing. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : parseHttpDate(header) - now;
  return ms > 0 ? Math.min(ms, MAX_MS) : null;
}
