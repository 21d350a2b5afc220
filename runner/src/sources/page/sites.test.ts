import { describe, expect, it } from 'vitest';
import { openTestSite, rememberPages } from '../../../testing/sites/open-test-site.ts';
import { miraSolano } from '../../../testing/sites/site-performer.ts';
import { siteWorlds } from '../../../testing/sites/site-worlds.ts';
import { SourceBlocked } from '../../http/request-errors.ts';
import { checkCanaries } from './drift/check-canaries.ts';

const everySite = Object.keys(siteWorlds);
const sitesWith = {
  galleries: ['freeones', 'pornpics', 'elitebabes'],
  names: everySite.filter((id) => id !== 'afdb'),
  direct: everySite.filter((id) => !['babepedia', 'iafd', 'indexxx'].includes(id)),
};

describe.for(everySite)('%s, asked by url', (id) => {
  it('finds her, her pictures in full size, and nobody else’s', async () => {
    await using met = await openTestSite(id);
    const { outcome, page, images, problems, requests } = await met.byUrl();
    expect({ outcome, problems }).toEqual({ outcome: 'found', problems: [] });
    expect(page).toMatchObject({ name: miraSolano.name, movedFrom: null });
    expect(images.map(({ url }) => url).sort()).toEqual([...met.world.images].sort());
    expect(met.pagesAsked().length).toBeGreaterThanOrEqual(requests);
    expect(met.site.traffic().requests).toBeGreaterThanOrEqual(requests);
  });

  it('yields what its canaries promise', async () => {
    await using met = await openTestSite(id);
    const checks = checkCanaries(met.definition, await met.byUrl());
    expect(checks.length).toBeGreaterThan(1);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('never tells a name that is labelled as a birth name', async () => {
    await using met = await openTestSite(id);
    const result = await met.byUrl();
    expect(JSON.stringify(result)).not.toContain(miraSolano.birthName);
  });

  it('brings the pictures, past a guard against hotlinks', async () => {
    await using met = await openTestSite(id, { faults: { hotlinkGuard: id !== 'thenude' } });
    const [image] = (await met.byUrl()).images;
    if (!image) throw new Error('no image');
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched', bytes: { length: 2_000 } });
  });

  it('says that she is not there', async () => {
    await using met = await openTestSite(id, { rebuild: (world) => ({ ...world, pages: new Map() }) });
    expect(await met.byUrl()).toMatchObject({ outcome: 'not_found', page: null, images: [] });
  });

  it('says that there are no pictures', async () => {
    await using met = await openTestSite(id, { shape: { pictures: 0, galleries: 0 } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'empty', images: [] });
  });

  it('reads careless HTML', async () => {
    await using met = await openTestSite(id, { faults: { malformed: true } });
    const { outcome, images } = await met.byUrl();
    expect({ outcome, images: images.length }).toEqual({ outcome: 'found', images: met.world.images.length });
  });

  it('stops at its caps, however much there is', async () => {
    await using met = await openTestSite(id, { shape: { pictures: 400, galleries: 60, perGallery: 1 } });
    const { images } = await met.byUrl();
    expect(images.length).toBeLessThanOrEqual(met.definition.caps.images);
    expect(met.pagesAsked().length).toBeLessThanOrEqual(met.definition.caps.pages + 1);
  });

  it('gives up a redirect loop, and goes on', async () => {
    await using met = await openTestSite(id, { faults: { redirectLoop: true } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'failed', images: [] });
  });

  it('takes another site in its place for a no', async () => {
    await using met = await openTestSite(id, { leadsAway: true });
    await expect(met.byUrl()).rejects.toThrow(/which is another site$/);
  });

  it('takes a login for a no', async () => {
    await using met = await openTestSite(id, { faults: { login: true } });
    await expect(met.byUrl()).rejects.toThrow(/asks for a login/);
  });
});

describe.for(sitesWith.names)('%s, asked by name', (id) => {
  it('finds her under the name that stash-boxes use', async () => {
    await using met = await openTestSite(id);
    const { outcome, page } = await met.byName();
    expect({ outcome, name: page?.name }).toMatchObject({ outcome: 'found' });
  });

  it('says that nobody has that name, and does not ask for long', async () => {
    await using met = await openTestSite(id);
    const { outcome, requests } = await met.byName({ name: 'Nadia Nobody', birthYear: null });
    expect({ outcome, requests }).toMatchObject({ outcome: 'not_found' });
    expect(requests).toBeLessThanOrEqual(met.definition.caps.attempts);
  });

  it('does not take a namesake who was born in another year', async () => {
    await using met = await openTestSite(id, { shape: { pictures: 1, galleries: 1 } });
    const { outcome, reason } = await met.byName({ birthYear: 1971 });
    const tellsYears = met.definition.birthYear !== undefined;
    expect(outcome).toBe(tellsYears ? 'mismatch' : 'found');
    if (tellsYears) expect(reason).toBe('the page says born in 1994, not 1971');
  });

  it('asks nothing for a name in another script', async () => {
    await using met = await openTestSite(id);
    expect(await met.byName({ name: '美良 空野' })).toMatchObject({ outcome: 'skipped', requests: 0 });
    expect(met.asked).toEqual([]);
  });
});

describe.for(sitesWith.direct)('%s, asked directly', (id) => {
  it('takes a challenge for a no, under its own name', async () => {
    await using met = await openTestSite(id, { faults: { challenge: true } });
    const refusal = await met.byUrl().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SourceBlocked);
    expect(String(refusal)).toMatch(/refused us \(403, with a challenge that only browsers pass\)/);
    expect(new Set(met.asked.map(({ headers }) => headers['user-agent']))).toEqual(
      new Set(['trainer-test/1 (+mailto:owner@example.org)']),
    );
    expect(met.pagesAsked()).toHaveLength(1);
  });

  it('waits as long as a 429 says, and no longer', async () => {
    await using met = await openTestSite(id, { faults: { throttle: { times: 2, retryAfter: '90' } } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(met.clock.sleeps.filter((ms) => ms > 80_000)).toHaveLength(2);
  });

  it('leaves a site alone that stays at 429', async () => {
    await using met = await openTestSite(id, { faults: { throttle: { times: 99, retryAfter: '30' } } });
    await expect(met.byUrl()).rejects.toThrow(/answered 429.*after every wait that is allowed/);
    expect(met.pagesAsked().length).toBeLessThanOrEqual(4);
  });

  it('does not swallow a page without end', async () => {
    await using met = await openTestSite(id, { faults: { endlessBody: true } });
    expect(await met.byUrl()).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('larger than 5242880 bytes'),
    });
  });

  it('asks for nothing but what has changed the second time', async () => {
    await using met = await openTestSite(id);
    const first = await met.byUrl();
    const second = await met.byUrl({ pages: rememberPages(first.read) });
    expect(second).toMatchObject({ outcome: 'unchanged', images: [] });
    expect(second.requests).toBeLessThanOrEqual(2);
  });
});

describe.for(sitesWith.galleries)('%s with galleries', (id) => {
  it('opens no gallery that is not needed', async () => {
    await using met = await openTestSite(id, { shape: { galleries: 5, perGallery: 4 } });
    const { images, pages } = await met.byUrl({ maxImages: 3 });
    expect(images).toHaveLength(3);
    expect(pages.filter(({ kind }) => kind === 'gallery')).toHaveLength(1);
  });
});

/** Where each site had her before. */
const formerPaths: Record<string, string> = {
  afdb: '/actor/mira-former-7/',
  babepedia: '/babe/Mira_Former',
  boobpedia: '/boobs/Mira_Former',
  elitebabes: '/model/mira-former/',
  freeones: '/mira-former/bio',
  indexxx: '/m/mira-former',
  javdatabase: '/idols/mira-former/',
  pornpics: '/pornstars/mira-former/',
  thenude: '/_7.htm',
};

describe.for(Object.entries(formerPaths))('%s', ([id, former]) => {
  it('is followed to where she has moved to, which is told', async () => {
    let now = '';
    await using met = await openTestSite(id, {
      rebuild: (world) => {
        now = world.page;
        return { ...world, page: former, storedUrl: new URL(former, world.storedUrl).href };
      },
      faults: {
        get movedTo() {
          return now;
        },
      },
    });
    const { outcome, page, images } = await met.byUrl();
    expect(outcome).toBe('found');
    expect(new URL(page?.movedFrom ?? '').pathname).toBe(former);
    expect(new URL(page?.url ?? '').pathname).toBe(now);
    expect(images).toHaveLength(met.world.images.length);
  });
});

describe.for(sitesWith.names)('%s, searched', (id) => {
  it('follows only a hit that is exactly the name', async () => {
    await using met = await openTestSite(id, { redefine: ({ slug: _, ...definition }) => definition });
    if (!met.definition.search) return;
    expect(await met.byName()).toMatchObject({ outcome: 'found', attempts: [{ outcome: 'found' }] });
    const nobody = await met.byName({ name: 'Mira' });
    expect(nobody.outcome).not.toBe('found');
  });
});

/** A rule of `full`, and the picture that is left when the large one is gone. */
const smallerPictures: [id: string, gone: RegExp, small: string][] = [
  ['pornpics', /\/1280\//, '/460/'],
  ['javdatabase', /\/idolimages\/full\//, '/idolimages/thumb/'],
  ['elitebabes', /-01\.jpg$/, '_w800'],
];

describe.for(smallerPictures)('%s, without its large pictures', ([id, gone, small]) => {
  it('still brings the smaller one', async () => {
    await using met = await openTestSite(id, {
      faults: { missing: gone },
      rebuild: (world) => ({
        ...world,
        pages: new Map([...world.pages].map(([path, page]) => [path, page.replaceAll('/1280/', '/460/')])),
        images: world.images.flatMap((url) => [
          url,
          url
            .replace('/1280/', '/460/')
            .replace('/full/', '/thumb/')
            .replace(/-01\.jpg$/, '-01_w800.jpg'),
        ]),
      }),
    });
    const image = (await met.byUrl()).images.find(({ fallbacks }) => fallbacks.length > 0);
    if (!image) throw new Error('no picture has a smaller one');
    expect(image.fallbacks[0]).toContain(small);
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched' });
  });
});
