import { describe, expect, it } from 'vitest';
import { startWebServer } from '../../testing/start-web-server.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { createFetcher } from './fetcher.ts';
import { createLimiter } from './limiter.ts';
import { NotRetryable, Retryable, SourceBlocked } from './request-errors.ts';
import { createRobotsCache } from './robots-cache.ts';

interface Robots {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A site whose robots.txt is what `robots` says at the moment, and a fetcher that obeys it. */
async function meet(robots: Robots) {
  const said = { ...robots };
  const server = await startWebServer((request, response) => {
    const isRobots = request.url === '/robots.txt';
    const { status = 200, headers = {}, body = '' } = isRobots ? said : {};
    if (request.url === '/moved') response.writeHead(301, { location: '/private/Ada' }).end();
    else response.writeHead(status, headers).end(body);
  });
  const clock = virtualClock();
  const fetcher = createFetcher({
    limiter: createLimiter(clock, { requestsPerMinute: 6_000_000, concurrency: 4 }),
    clock,
    random: () => 0,
    userAgent: 'trainer-test/1',
    robots: createRobotsCache(clock),
    allowedOrigins: new Set([server.origin]),
  });
  return {
    said,
    clock,
    fetcher,
    server,
    get: (path: string, signal?: AbortSignal) =>
      fetcher.fetch(server.origin + path, { maxBytes: 1_000, signal, read: ({ status }) => status }),
    /** Paths asked for so far. */
    asked: () => server.requests.map(({ url }) => url),
    async [Symbol.asyncDispose]() {
      await fetcher.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const PRIVATE = 'User-agent: *\nDisallow: /private/';
const HOUR_MS = 3_600_000;

describe('a fetcher that obeys robots.txt', () => {
  it('asks for it once, before the first page, and not for pages that are off limits', async () => {
    await using site = await meet({ body: PRIVATE });
    expect(await Promise.all([site.get('/a'), site.get('/b')])).toEqual([200, 200]);
    const refusal = await site.get('/private/Ada?key=secret').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotRetryable);
    expect(String(refusal)).toMatch(
      /\/private\/Ada is not asked for: the robots.txt of .* does not allow it to trainer-test$/,
    );
    expect(site.asked()).toEqual(['/robots.txt', '/a', '/b']);
    expect(site.fetcher.traffic.total()).toMatchObject({ requests: 3, offLimits: 1 });
  });

  it('does not follow a redirect to a page that is off limits', async () => {
    await using site = await meet({ body: PRIVATE });
    await expect(site.get('/moved')).rejects.toThrow(/private\/Ada is not asked for/);
    expect(site.asked()).toEqual(['/robots.txt', '/moved']);
  });

  it('says the same to those who fetch by other means', async () => {
    await using site = await meet({ body: `${PRIVATE}\nCrawl-delay: 3` });
    expect(await site.fetcher.admit(new URL('/a', site.server.origin))).toBe(3_000);
    await expect(site.fetcher.admit(new URL('/private/', site.server.origin))).rejects.toThrow(/robots.txt/);
  });

  it('keeps it for a day, and no longer than its host says', async () => {
    await using site = await meet({ body: PRIVATE });
    await site.get('/a');
    site.clock.advance(23 * HOUR_MS);
    await site.get('/a');
    expect(site.asked()).toEqual(['/robots.txt', '/a', '/a']);
    site.said.headers = { 'cache-control': 'public, max-age=7200' };
    site.clock.advance(2 * HOUR_MS);
    await site.get('/a');
    site.clock.advance(2 * HOUR_MS);
    await site.get('/a');
    expect(site.asked().filter((path) => path === '/robots.txt')).toHaveLength(3);
  });

  it.each([404, 401, 403, 410])('may ask for everything where it answers %d', async (status) => {
    await using site = await meet({ status, body: 'User-agent: *\nDisallow: /' });
    expect(await site.get('/private/Ada')).toBe(200);
  });

  it('asks for nothing while it is out of reach, and leaves a host alone where it stays so', async () => {
    await using site = await meet({ status: 500 });
    const refusal = await site.get('/a').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Retryable);
    expect(String(refusal)).toMatch(/nothing of .* is asked for while its robots.txt is out of reach/);
    for (let i = 0; i < 9; i++) await expect(site.get('/a')).rejects.toBeInstanceOf(Retryable);
    await expect(site.get('/a')).rejects.toBeInstanceOf(SourceBlocked);
    expect(new Set(site.asked())).toEqual(new Set(['/robots.txt']));
    expect(site.asked()).toHaveLength(40);
  });

  it('goes by the old one while the new one is out of reach', async () => {
    await using site = await meet({ body: PRIVATE });
    await site.get('/a');
    site.said.status = 502;
    site.clock.advance(25 * HOUR_MS);
    expect(await site.get('/a')).toBe(200);
    await expect(site.get('/private/Ada')).rejects.toThrow(/does not allow/);
  });

  it('asks for nothing where it leads round in circles', async () => {
    await using site = await meet({ status: 302, headers: { location: '/robots.txt' } });
    await expect(site.get('/a')).rejects.toThrow(
      /is not asked for: its robots.txt cannot be read: .* redirects more than 5 times/,
    );
    expect(new Set(site.asked())).toEqual(new Set(['/robots.txt']));
  });

  it('starts requests as far apart as it wants, but does not wait for hours', async () => {
    await using site = await meet({ body: 'User-agent: *\nCrawl-delay: 20' });
    await site.get('/a');
    const begun = site.clock.now();
    await Promise.all([site.get('/a'), site.get('/b')]);
    expect(site.clock.now() - begun).toBe(40_000);
    expect(site.fetcher.traffic.total().waitedMs).toBeGreaterThanOrEqual(40_000);

    await using slow = await meet({ body: 'User-agent: *\nCrawl-delay: 86400' });
    await expect(slow.get('/a')).rejects.toThrow(/wants 86400 s between requests/);
  });

  it('is not stopped by one caller who was told to stop', async () => {
    await using site = await meet({ body: PRIVATE });
    const stop = new AbortController();
    const first = site.get('/a', stop.signal);
    const second = site.get('/b');
    stop.abort(new Error('told to stop'));
    await expect(first).rejects.toThrow('told to stop');
    expect(await second).toBe(200);
  });
});
