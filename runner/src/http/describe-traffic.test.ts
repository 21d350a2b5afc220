import { expect, it } from 'vitest';
import { describeTraffic } from '../progress/report-traffic.ts';
import { addTraffic, countRefusal, createTrafficCounter, noTraffic } from './traffic.ts';

it('sums what hosts were asked and gave, refusals by status', () => {
  const book = createTrafficCounter();
  Object.assign(book.of(new URL('https://a.example/x')), { requests: 2, bytes: 10 });
  Object.assign(book.of(new URL('https://b.example/')), { requests: 3 });
  for (const status of [429, 403, 429]) countRefusal(book.of(new URL('https://b.example/')), status);
  countRefusal(book.of(new URL('https://a.example/')), 429);
  expect([...book.hosts.keys()]).toEqual(['a.example', 'b.example']);
  expect(book.total()).toEqual({
    ...noTraffic(),
    requests: 5,
    bytes: 10,
    refusals: 4,
    refusalsByStatus: { 403: 1, 429: 3 },
  });
  expect(addTraffic(noTraffic(), book.total())).toEqual(book.total());
});

it('says in a line how politely a host was treated', () => {
  expect(describeTraffic('a.example', { ...noTraffic(), requests: 1, bytes: 40_000 })).toBe(
    'a.example: 1 request, 0.0 MB, waited 0 s',
  );
  const busy = {
    requests: 120,
    browserRequests: 480,
    bytes: 4_200_000,
    refusals: 3,
    refusalsByStatus: { 403: 1, 429: 2 },
    failures: 1,
    offLimits: 2,
  };
  expect(describeTraffic('b.example', { ...busy, waitedMs: 30_600 })).toBe(
    'b.example: 120 requests, about 480 more by the browser itself, 4.2 MB, 3 refusals (403: 1, 429: 2), 1 try without an answer, 2 pages left alone for its robots.txt, waited 31 s',
  );
});
