import { describe, expect, it } from 'vitest';
import { meetSite } from '../../../../testing/sites/meet-site.ts';
import { SOLVER_USER_AGENT, startFlareSolverr } from '../../../../testing/sites/start-flaresolverr.ts';
import { NotRetryable, Retryable, SourceBlocked } from '../../errors.ts';
import { createSolverClient } from './solver-client.ts';

describe('a site through FlareSolverr', () => {
  it('uses one session, one page at a time, and ends it', async () => {
    await using met = await meetSite('babepedia', { faults: { challenge: true } });
    await Promise.all([met.byUrl(), met.byName(), met.byUrl()]);
    expect(met.solver?.sessions.size).toBe(1);
    expect(met.solver?.mostAtOnce()).toBe(1);
    await met.site.close();
    expect(met.solver?.sessions.size).toBe(0);
  });

  it('asks for pictures directly, with the session’s cookies, its browser’s name and the site’s Referer', async () => {
    await using met = await meetSite('babepedia', { faults: { hotlinkGuard: true } });
    const [image] = (await met.byUrl()).images;
    if (!image) throw new Error('no image');
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched' });
    const asked = met.asked.find(({ url }) => url === image.url);
    expect(asked?.headers).toMatchObject({
      'user-agent': SOLVER_USER_AGENT,
      cookie: 'clearance=passed',
      referer: 'https://www.babepedia.com/',
    });
  });

  it('opens the front page first when a picture is the first thing that is wanted', async () => {
    await using first = await meetSite('babepedia');
    const [image] = (await first.byUrl()).images;
    await using met = await meetSite('babepedia');
    if (!image) throw new Error('no image');
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched' });
    expect(met.solver?.commands.map(({ cmd }) => cmd)).toEqual(['request.get']);
  });

  it.for([
    ['Error solving the challenge. Timeout after 60.0 seconds.', Retryable],
    ['Cloudflare has blocked this request. Probably your IP is banned for this site.', SourceBlocked],
    ['The browser crashed', NotRetryable],
  ] as const)('says what its failure means: %s', async ([message, kind]) => {
    await using solver = await startFlareSolverr({ refuse: () => message });
    const open = createSolverClient(solver.origin).open(
      'http://127.0.0.1:1/',
      's',
      new AbortController().signal,
    );
    const error = await open.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toContain(message);
  });

  it('stops the source when there is none', async () => {
    const open = createSolverClient('http://127.0.0.1:1').open(
      'http://127.0.0.1:1/',
      's',
      new AbortController().signal,
    );
    await expect(open).rejects.toThrow(/^FLARESOLVERR_URL does not answer/);
  });
});

describe('a site with FlareSolverr as its fallback', () => {
  it('is asked directly until it refuses, and through FlareSolverr for the rest of the run', async () => {
    await using met = await meetSite('freeones', { withSolver: true, faults: { challenge: true } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(met.warnings).toEqual([
      'freeones refused a direct request, so flaresolverr is used for the rest of the run',
    ]);
    const traffic = met.site.traffic();
    const perHost = [...(traffic.hosts?.values() ?? [])].reduce((sum, { requests }) => sum + requests, 0);
    expect(traffic.requests).toBe(perHost);
    expect(traffic.requests).toBe(met.asked.length);
    const direct = met.pagesAsked().length - (met.solver?.commands.length ?? 0);
    expect(direct).toBe(1);
  });
});

describe('a site through Chrome', () => {
  it('visits the front page first, then pages and pictures in one tab, and leaves nothing behind', async () => {
    await using met = await meetSite('indexxx', { faults: { challenge: true, hotlinkGuard: true } });
    const [image] = (await met.byUrl()).images;
    if (!image) throw new Error('no image');
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched', bytes: { length: 2_000 } });
    const visited = met.chrome?.commands.filter(({ method }) => method === 'Page.navigate');
    expect(visited?.map(({ params }) => new URL(String(params.url)).pathname)).toEqual([
      '/',
      '/m/Mira-Solano',
      new URL(image.url).pathname,
    ]);
    expect(met.clock.sleeps).toContain(3_000);
    expect(met.chrome?.contexts.size).toBe(1);
    await met.site.close();
    expect(met.chrome?.contexts.size).toBe(0);
  });

  it('tells a picture that is gone from one that did not load', async () => {
    await using met = await meetSite('indexxx');
    const [image] = (await met.byUrl()).images;
    if (!image) throw new Error('no image');
    const gone = { ...image, url: image.url.replace('1001', '9999') };
    expect(await met.fetch(gone)).toMatchObject({ kind: 'failed', reason: 'image_missing' });
  });

  it('waits when it is asked to', async () => {
    await using met = await meetSite('indexxx', { faults: { throttle: { times: 2, retryAfter: '45' } } });
    // The front page and the performer's own are the ones that are put off.
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(met.clock.sleeps.some((ms) => ms > 40_000)).toBe(true);
  });
});
