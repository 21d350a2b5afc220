import { describe, expect, it } from 'vitest';
import { knownAs, openTestSite, rememberPages } from '../../../testing/sites/open-test-site.ts';
import { SourceBlocked } from '../../http/request-errors.ts';
import { createYieldTracker } from './drift/yield-tracker.ts';
import { openPageSource } from './open-page-source.ts';

const signal = new AbortController().signal;
const request = { mode: 'url' as const, signal };

describe('a reference site as a source', () => {
  it('says in the port’s words what it found, and what has not changed', async () => {
    await using met = await openTestSite('boobpedia');
    const source = openPageSource({
      id: 'boobpedia',
      site: met.site,
      tracker: createYieldTracker(),
    });
    const known = { ...knownAs({ urls: [met.world.storedUrl] }), ids: [] };
    const first = await source.lookUp(known, request);
    expect(first).toMatchObject({
      outcome: 'found',
      page: { name: 'Mira Solano', aliases: ['Mia Sol'], links: ['https://twitter.com/mirasolano'] },
    });
    const pages = rememberPages(first.read ?? []);
    expect(await source.lookUp(known, { ...request, pages })).toMatchObject({
      outcome: 'unchanged',
      images: [],
    });
  });

  it('stops with an alarm that names what stopped matching', async () => {
    await using met = await openTestSite('boobpedia', {
      rebuild: (world) => ({
        ...world,
        pages: new Map(
          [...world.pages].map(([path, page]) => [path, page.replaceAll('/wiki/images/', '/media/')]),
        ),
      }),
    });
    const source = openPageSource({ id: 'boobpedia', site: met.site, tracker: createYieldTracker() });
    const known = { ...knownAs({ urls: [met.world.storedUrl] }), ids: [] };
    for (let i = 0; i < 20; i++)
      expect(await source.lookUp(known, request)).toMatchObject({ outcome: 'empty' });
    const alarm = await source.lookUp(known, request).catch((error: unknown) => error);
    expect(alarm).toBeInstanceOf(SourceBlocked);
    expect(String(alarm)).toMatch(
      /boobpedia seems to have changed: none of the first 20 pages had a picture; "images\.(?:infobox|gallery)" of its definition finds nothing any more$/,
    );
    expect(met.pagesAsked()).toHaveLength(20);
  });
});

describe('a look-up', () => {
  it('follows a listing from page to page, and no further than it may', async () => {
    const listing = (page: number) =>
      `<h2 class="fn">Mira Solano</h2><figure><a href="/set-${page}/">x</a></figure><a rel="next" href="/model/mira-solano/page/${page + 1}/">More</a>`;
    await using met = await openTestSite('elitebabes', {
      redefine: ({ galleries, ...definition }) => ({
        ...definition,
        galleries: galleries && {
          ...galleries,
          max: 50,
          next: [{ select: 'a[rel=next]', attribute: ['href'], transforms: [] }],
        },
      }),
      rebuild: (world) => ({
        ...world,
        pages: new Map([
          [world.page, listing(1)],
          ...Array.from({ length: 99 }, (_, i): [string, string] => [
            `/model/mira-solano/page/${i + 2}/`,
            listing(i + 2),
          ]),
        ]),
      }),
    });
    const { requests, problems, pages } = await met.byUrl();
    expect(requests).toBe(met.definition.caps.pages);
    expect(pages.filter(({ kind }) => kind === 'listing').length).toBeGreaterThan(2);
    expect(problems.at(-1)).toMatch(/was not asked for: 10 pages per performer are the limit$/);
  });

  it('ends a listing that leads back to itself', async () => {
    await using met = await openTestSite('elitebabes', {
      redefine: ({ galleries, ...definition }) => ({
        ...definition,
        galleries: galleries && {
          ...galleries,
          next: [{ select: 'a[rel=next]', attribute: ['href'], transforms: [] }],
        },
      }),
      rebuild: (world) => ({
        ...world,
        pages: new Map([...world.pages, ['/model/mira-solano/page/2/', world.pages.get(world.page) ?? '']]),
      }),
    });
    const { outcome, pages } = await met.byUrl();
    expect(outcome).toBe('found');
    expect(pages.filter(({ kind }) => kind === 'listing')).toHaveLength(1);
  });

  it('leaves out a gallery that names somebody else too', async () => {
    await using met = await openTestSite('pornpics', {
      rebuild: (world) => ({
        ...world,
        pages: new Map(
          [...world.pages].map(([path, page]) => [
            path,
            page.replaceAll("data-gid='10000001'", "data-gid='10000099'"),
          ]),
        ),
      }),
    });
    const { images, problems } = await met.byUrl();
    expect(images.some(({ url }) => url.includes('10000099'))).toBe(false);
    expect(problems).toEqual(['https://www.pornpics.com/galleries/10000099/ shows 2 models, or another one']);
  });

  it('obeys robots.txt', async () => {
    await using met = await openTestSite('afdb', { faults: { robots: 'User-agent: *\nDisallow: /actor/' } });
    expect(await met.byUrl()).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/robots\.txt of .* does not allow it/),
    });
    expect(met.pagesAsked()).toEqual([]);
  });

  it('does not ask a site about somebody whom it cannot have', async () => {
    await using met = await openTestSite('elitebabes');
    const known = knownAs({ gender: 'MALE', urls: [met.world.storedUrl] });
    expect(await met.site.lookUp(known, request)).toMatchObject({
      outcome: 'skipped',
      reason: 'the site has nobody who is MALE',
    });
    expect(met.asked).toEqual([]);
  });

  it('ends with the reason of its signal', async () => {
    await using met = await openTestSite('afdb', { faults: { throttle: { times: 3, retryAfter: '90' } } });
    const stop = new AbortController();
    const going = met.byUrl({ signal: stop.signal });
    stop.abort(new Error('the owner stopped the run'));
    await expect(going).rejects.toThrow('the owner stopped the run');
  });
});
