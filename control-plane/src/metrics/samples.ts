import type { Sample } from './exposition.ts';

/** What `make` makes of a value; nothing where there is none, because a missing sample is not a zero. */
export function some<T>(value: T | null | undefined, make: (value: T) => Sample): Sample[] {
  return value === null || value === undefined ? [] : [make(value)];
}

/** From ms to what Prometheus counts in. */
export function seconds(ms: number): number {
  return ms / 1_000;
}

/** Never below 0: a time from another clock may lie ahead. Both ms since 1970. */
export function secondsSince(at: number, now: number): number {
  return seconds(Math.max(0, now - at));
}
