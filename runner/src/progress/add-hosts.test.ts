import { progressSchema } from '@trainer/contract/progress';
import { expect, it } from 'vitest';
import { countRefusal, createTrafficCounter } from '../http/traffic.ts';
import { addHosts } from './counters.ts';

it('counts per host on top of what earlier attempts at a task did', () => {
  const book = createTrafficCounter();
  Object.assign(book.of(new URL('https://a.example/')), {
    requests: 2,
    browserRequests: 3,
    bytes: 5,
    waitedMs: 1.4,
    offLimits: 1,
  });
  countRefusal(book.of(new URL('https://a.example/')), 429);
  const first = addHosts({}, book.hosts);
  const second = addHosts(first, book.hosts);
  expect(second).toEqual({
    'a.example': {
      requests: 4,
      browser_requests: 6,
      bytes: 10,
      refusals: { 429: 2 },
      failures: 0,
      off_limits: 2,
      waited_ms: 2,
    },
  });
  expect(progressSchema.parse({ hosts: second }).hosts).toEqual(second);
  expect(addHosts(first, undefined)).toEqual(first);
});
