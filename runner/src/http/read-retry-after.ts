/**
 * `Retry-After` in ms from now: seconds or an HTTP date (RFC 9110, 10.2.3). A date in the past is 0; null when the
 * header is absent or says nothing that can be read.
 */
export function readRetryAfter(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes much that is no HTTP date, so the weekday has to be there.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
