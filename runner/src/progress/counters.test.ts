import { emptyProgress } from '@trainer/contract/progress';
import { expect, it } from 'vitest';
import { withTraffic } from './counters.ts';

const before = { ...emptyProgress(), requests: 5, bytes: 100, waited_ms: 10 };
const now = { requests: 2, bytes: 11, waitedMs: 3.6 };

it('counts the traffic of an attempt on top of what was counted before it', () => {
  const told = { ...before, requests: 6, performers_processed: 4 };
  expect(withTraffic(told, before, now)).toEqual({ ...told, requests: 7, bytes: 111, waited_ms: 14 });
});

it.each([
  ['grows', 10, 10],
  ['shrinks on the way', 8, 9],
  ['was not counted', null, null],
])('has no fewer performers in all than were processed where the source %s', (_, counted, total) => {
  const told = { ...before, performers_processed: 9, performers_total: counted };
  expect(withTraffic(told, before, now).performers_total).toBe(total);
});
