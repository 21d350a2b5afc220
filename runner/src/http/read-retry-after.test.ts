import { expect, it } from 'vitest';
import { readRetryAfter } from './retry.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

it.each([
  ['7', 7_000],
  [' 120 ', 120_000],
  ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
  ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ['Thu Jan  1 12:00:30 2026', 30_000],
  ['Thursday, 01-Jan-26 12:00:30 GMT', 30_000],
  ['soon', null],
  ['1.5', null],
  ['-3', null],
  ['', null],
  [undefined, null],
])('reads Retry-After %j as %j ms', (value, expected) => {
  expect(readRetryAfter(value, NOW)).toBe(expected);
});
