/**
 * Reads an HTTP date in any of its three forms (RFC 9110, 5.6.7): `Thu, 01 Jan 2026 12:00:30 GMT`,
 * `Thursday, 01-Jan-26 12:00:30 GMT`, and asctime's `Thu Jan  1 12:00:30 2026`, which names no zone and is in UTC.
 *
 * @returns ms since 1970; NaN when it is no such date
 */
export function parseHttpDate(value: string): number {
  const text = value.trim();
  // Date.parse takes much that is no HTTP date, so the day's name has to be there.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return Number.NaN;
  // Without a zone Date.parse takes the local one. A zone is a word behind the time, or an offset.
  const hasZone = /:\d\d\s.*[a-z]|[+-]\d{4}$/i.test(text);
  return Date.parse(hasZone ? text : `${text} GMT`);
}
