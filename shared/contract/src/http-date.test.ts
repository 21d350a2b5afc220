import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseHttpDate } from './http-date.ts';

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = 'America/New_York';
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

it.each([
  'Thu, 01 Jan 2026 12:00:30 GMT',
  'Thursday, 01-Jan-26 12:00:30 GMT',
  'Thu Jan  1 12:00:30 2026',
  ' Thu Jan  1 12:00:30 2026 ',
  'Thu Jan  1 12:00:30 GMT 2026',
  'Thu, 01 Jan 2026 12:00:30',
  'Thu, 01 Jan 2026 12:00:30 UTC',
  'thu, 01 jan 2026 12:00:30 gmt',
  'Thu, 01 Jan 2026 13:00:30 +0100',
])('reads %j in UTC, whatever the zone of the machine is', (text) => {
  expect(new Date(2026, 0, 1).getTimezoneOffset()).toBe(300);
  expect(new Date(parseHttpDate(text)).toISOString()).toBe('2026-01-01T12:00:30.000Z');
});

it.each(['', 'soon', 'Thursday', '5', '2026-01-01T12:00:30', '01 Jan 2026 12:00:30 GMT'])(
  'takes %j for no date',
  (text) => {
    expect(parseHttpDate(text)).toBeNaN();
  },
);
