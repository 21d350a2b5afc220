import { describe, expect, it } from 'vitest';
import { openTestSite } from '../../../../testing/sites/open-test-site.ts';
import { SourceBlocked } from '../../../http/request-errors.ts';

describe('a site through Chrome', () => {
  it('visits the front page first, then pages and pictures in one tab, and leaves nothing behind', async () => {
    await using met = await openTestSite('indexxx', { faults: { challenge: true, hotlinkGuard: true } });
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
    await using met = await openTestSite('indexxx');
    const [image] = (await met.byUrl()).images;
    if (!image) throw new Error('no image');
    const gone = { ...image, url: image.url.replace('1001', '9999') };
    expect(await met.fetch(gone)).toMatchObject({ kind: 'failed', reason: 'image_missing' });
  });

  it('waits when it is asked to', async () => {
    await using met = await openTestSite('indexxx', { faults: { throttle: { times: 2, retryAfter: '45' } } });
    // The front page and the performer's own are the ones that are put off.
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(met.clock.sleeps.some((ms) => ms > 40_000)).toBe(true);
  });

  it('waits when the front page asks it to, like any page', async () => {
    await using met = await openTestSite('indexxx', { faults: { throttle: { times: 1, retryAfter: '45' } } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    const visited = met.chrome?.commands.filter(({ method }) => method === 'Page.navigate');
    expect(visited?.map(({ params }) => new URL(String(params.url)).pathname)).toEqual([
      '/',
      '/',
      '/m/Mira-Solano',
    ]);
    expect(met.waits).toEqual([expect.stringMatching(/answered 429; going on in 45 s$/)]);
  });

  it('stops when the front page goes on asking for patience', async () => {
    await using met = await openTestSite('indexxx', {
      faults: { throttle: { times: 50, retryAfter: '45' } },
    });
    await expect(met.byUrl()).rejects.toThrow(SourceBlocked);
    expect(met.pagesAsked().every((url) => new URL(url).pathname === '/')).toBe(true);
  });

  it('gets a new tab when its own crashes', async () => {
    let crashes = 1;
    const crash = (url: string) => url.includes('/m/') && crashes-- > 0;
    await using met = await openTestSite('indexxx', { chrome: { crash } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(met.chrome?.contexts.size).toBe(1);
  });

  it('ends the source when every tab crashes', async () => {
    await using met = await openTestSite('indexxx', { chrome: { crash: () => true } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'failed' });
    await expect(met.byUrl()).rejects.toThrow(
      /^The browser of Chrome ended 5 times in a row \(the tab of Chrome crashed at /,
    );
  });

  it('tries again after network errors that pass, and not after others', async () => {
    const failing = (error: string) => {
      let left = 1;
      return { netError: (url: string) => (url.includes('/m/') && left-- > 0 ? error : null) };
    };
    await using passing = await openTestSite('indexxx', { chrome: failing('net::ERR_CONNECTION_RESET') });
    expect(await passing.byUrl()).toMatchObject({ outcome: 'found' });
    await using lasting = await openTestSite('indexxx', { chrome: failing('net::ERR_TOO_MANY_REDIRECTS') });
    expect(await lasting.byUrl()).toMatchObject({ outcome: 'failed' });
  });

  it('waits for a Chrome that is away, and stops when it does not come back', async () => {
    await using met = await openTestSite('indexxx');
    await met.chrome?.[Symbol.asyncDispose]();
    await expect(met.byUrl()).rejects.toThrow(
      /^CHROME_CDP_URL does not answer: .*; Chrome did not come back within 5 minutes$/,
    );
    expect(met.clock.sleeps.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
  });

  it('loads no media, and counts what its pages ask for besides', async () => {
    const besides = [
      ['Image', 'https://img.example/a.jpg'],
      ['Font', 'https://img.example/a.woff2'],
      ['Script', 'https://cdn.example/a.js'],
      ['XHR', 'https://cdn.example/api'],
      ['Script', 'data:text/javascript,1'],
    ] as const;
    const subresources = (url: string) =>
      url.includes('/m/') ? besides.map(([type, address]) => ({ type, url: address })) : [];
    await using met = await openTestSite('indexxx', { chrome: { subresources } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    const hosts = met.site.traffic().hosts ?? new Map();
    expect(hosts.get('cdn.example')).toMatchObject({ requests: 0, browserRequests: 2 });
    expect(hosts.has('img.example')).toBe(false);
    const refused = met.chrome?.commands.filter(({ method }) => method === 'Fetch.failRequest');
    expect(refused).toHaveLength(2);
  });
});
