import { parseHttpDate } from '@trainer/contract/http-date';

/**
 * `Retry-After` in ms from now: seconds or an HTTP date (RFC 9110, 10.2.3). A date in the past is 0; null when the
 * header is absent or says nothing that can be read.
 */
export function readRetryAfter(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = parseHttpDate(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
