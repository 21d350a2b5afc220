import { describe, expect, it } from 'vitest';
import { type Answer, fine, inTurn, meet, status } from '../../testing/meet-web-server.ts';
import { startWebServer } from '../../testing/start-web-server.ts';
import { createFetcher, type FetcherOptions } from './fetcher.ts';
import { createLimiter } from './limiter.ts';
import { NotRetryable } from './request-errors.ts';

describe('a fetcher, sent to an address,', () => {
  it('follows redirects, five at most, and takes no key to another origin', async () => {
    await using other = await startWebServer(fine);
    await using site = await meet((request, response) => {
      const to =
        request.url === '/away' ? `${other.origin}/there` : request.url === '/loop' ? '/loop' : '/away';
      response.writeHead(302, { location: to }).end();
    });
    const fetcher = createFetcher({
      limiter: createLimiter(site.clock, { requestsPerMinute: 6_000_000, concurrency: 1 }),
      clock: site.clock,
      random: () => 0,
      userAgent: 'x',
      allowedOrigins: new Set([site.origin, other.origin]),
    });
    const answer = await fetcher.fetch(`${site.origin}/`, {
      maxBytes: 100,
      headers: { ApiKey: 'a-secret' },
      read: (found) => found,
    });
    await fetcher.close();
    expect(answer.url.href).toBe(`${other.origin}/there`);
    expect(site.requests.map((request) => request.headers.apikey)).toEqual(['a-secret', 'a-secret']);
    expect(other.requests[0]?.headers.apikey).toBeUndefined();
    await expect(site.get('/loop')).rejects.toThrow(/redirects more than 5 times/);
  });

  it.each([
    [undefined, 'has no Location'],
    ['', 'has no Location'],
    [' ', 'has no Location'],
    ['#top', 'leads to a place in the page itself'],
    ['/?key=secret#top', 'leads to a place in the page itself'],
    ['http://[', 'has a Location that is no web address'],
    ['http://a b/', 'has a Location that is no web address'],
  ])('refuses a redirect to %j at once', async (location, why) => {
    await using site = await meet(status(302, location === undefined ? {} : { location }));
    const failure = await site.get('/?key=secret').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotRetryable);
    expect(String(failure)).toBe(`NotRetryable: ${site.origin}/ redirects to nowhere: its answer 302 ${why}`);
    expect(site.requests).toHaveLength(1);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'intent://x/#end'])(
    'does not follow a redirect to %s',
    async (location) => {
      await using site = await meet(status(301, { location }));
      await expect(site.get()).rejects.toThrow(/only http and https/);
      expect(site.requests).toHaveLength(1);
    },
  );

  it('goes by the first of several lines of a header that has one value', async () => {
    const twice: Answer = (_, response) =>
      void response.writeHead(302, ['location', '/there#x', 'location', '/elsewhere']).end();
    const busy: Answer = (_, response) =>
      void response.writeHead(429, ['retry-after', '7', 'retry-after', '7']).end();
    await using site = await meet(inTurn(twice, busy, twice, fine));
    expect((await site.get()).url.href).toBe(`${site.origin}/there#x`);
    expect(site.clock.sleeps).toContainEqual(expect.closeTo(7_000));
  });

  it('does not follow a redirect to a private address that nobody configured', async () => {
    await using hidden = await startWebServer(fine);
    await using site = await meet(status(302, { location: `${hidden.origin}/admin` }));
    await expect(site.get()).rejects.toThrow(/127.0.0.1, which is not on the public internet/);
    expect(hidden.requests).toHaveLength(0);
  });

  it('does not connect to a name that DNS turns into a private address', async () => {
    await using hidden = await startWebServer(fine);
    await using site = await meet(fine, {
      lookup: (_, options, callback) =>
        options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
    });
    await expect(site.get(`http://photos.example.org:${hidden.port}/`)).rejects.toThrow(
      /photos.example.org leads to 127.0.0.1, which is not on the public internet/,
    );
    expect(hidden.requests).toHaveLength(0);
  });

  it('says so, once, when DNS answers without an address', async () => {
    const nothing: FetcherOptions['lookup'][] = [
      (_, __, callback) => callback(null, []),
      (_, __, callback) => callback(null, ''),
      (_, __, callback) => callback(Object.assign(new Error('queryA ENODATA'), { code: 'ENODATA' }), ''),
    ];
    for (const answer of nothing) {
      let asked = 0;
      const lookup: FetcherOptions['lookup'] = (hostname, options, callback) => {
        asked += 1;
        answer?.(hostname, options, callback);
      };
      const own = 'http://box.example.org';
      await using site = await meet(fine, { lookup, allowedOrigins: new Set([own]) });
      for (const address of ['http://photos.example.org/', `${own}/`]) {
        const failure = await site.get(address).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(NotRetryable);
        const { host } = new URL(address);
        expect(String(failure)).toBe(`NotRetryable: ${address} is not taken: DNS has no address for ${host}`);
      }
      expect(asked).toBe(2);
    }
  });

  it('refuses an IPv4 address in the old IPv6 form at once', async () => {
    await using site = await meet(fine);
    const failure = await site.get('http://[::127.0.0.1]/').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotRetryable);
    expect(String(failure)).toMatch(/\[::7f00:1\] leads to ::7f00:1, which is not on the public internet/);
    expect(site.fetcher.traffic.total()).toMatchObject({ requests: 0, failures: 0 });
  });
});
