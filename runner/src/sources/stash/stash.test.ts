import { shippedSources } from '@trainer/contract/shipped-sources';
import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it } from 'vitest';
import {
  type LibraryPerformer,
  type StashServerOptions,
  startStash,
} from '../../../testing/stash/start-stash.ts';
import { graphqlErrors, htmlPage, jsonAnswer, unknownField } from '../../../testing/stash-box/failures.ts';
import { virtualClock } from '../../../testing/virtual-clock.ts';
import { createFetcher } from '../../http/fetcher.ts';
import { createLimiter } from '../../http/limiter.ts';
import { SourceBlocked } from '../../http/request-errors.ts';
import type { KnownPerformer } from '../base/enrich-source.ts';
import { boxHosts, openStash } from './open-stash.ts';

const JPEG = Uint8Array.from([255, 216, 255, 1]);
const NONE = { etag: null, lastModified: null };
const STASHDB = 'https://stashdb.org/graphql';

function library(...given: Partial<LibraryPerformer>[]): LibraryPerformer[] {
  return given.map((one, i) => ({
    id: String(i + 1),
    name: `P${i + 1}`,
    stash_ids: [],
    updatedAtS: 1_700_000_000,
    picture: JPEG,
    ...one,
  }));
}

function known(...ids: [endpoint: string, remoteId: string][]): KnownPerformer {
  const remote = ids.map(([endpoint, remoteId]) => ({ endpoint, remoteId }));
  return { name: 'Ada', aliases: [], urls: [], ids: remote, gender: null, birthYear: null };
}

async function meet(
  options: StashServerOptions = {},
  { key, path = '' }: { key?: string; path?: string } = {},
) {
  const server = await startStash(options);
  const clock = virtualClock();
  const fetcher = createFetcher({
    limiter: createLimiter(clock, { requestsPerMinute: 6_000_000, concurrency: 4 }),
    clock,
    random: () => 0,
    userAgent: 'trainer-test/1',
    allowedOrigins: new Set([server.origin]),
    timeoutMs: hangLimits.waitMs,
  });
  const stash = openStash({
    url: server.url + path,
    apiKey: key ?? server.apiKey,
    fetcher,
    boxes: boxHosts(shippedSources, (variable) =>
      variable === 'FANSDB_URL' ? 'http://127.0.0.1:9998/graphql' : undefined,
    ),
  });
  const { signal } = new AbortController();
  return {
    server,
    stash,
    lookUp: (performer: KnownPerformer) => stash.lookUp(performer, { mode: 'url', signal }),
    fetchFirst: async (performer: KnownPerformer) => {
      const [image] = (await stash.lookUp(performer, { mode: 'url', signal })).images;
      if (!image) throw new Error('no image was found');
      return stash.fetchImage(image, NONE, signal);
    },
    async [Symbol.asyncDispose]() {
      await stash.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('the owner’s Stash', () => {
  it('gives the pictures of performers by their stash ids, and says why', async () => {
    const performers = library(
      { name: 'Ada', stash_ids: [{ endpoint: STASHDB, stash_id: ' AAA-\u200b1\n' }] },
      { stash_ids: [{ endpoint: 'https://theporndb.net/graphql', stash_id: 'b' }] },
    );
    await using site = await meet({ performers });
    expect(await site.lookUp(known(['fansdb', 'x'], ['stashdb', 'aaa-1']))).toEqual({
      outcome: 'found',
      reason: null,
      page: { url: `${site.server.url}/performers/1`, name: 'Ada', aliases: [], links: [] },
      images: [
        {
          url: `${site.server.url}/performer/1/image`,
          widthPx: null,
          heightPx: null,
          revision: 'stash:1700000000',
          pageUrl: `${site.server.url}/performers/1`,
          rule: 'stash id of stashdb',
          record: { endpoint: 'stashdb', remoteId: 'aaa-1' },
          fallbacks: [],
        },
      ],
      isWhole: true,
      problems: [],
    });
    expect((await site.lookUp(known(['theporndb', 'b']))).images[0]?.rule).toBe('stash id of theporndb');
  });

  it('knows a stash-box by the address that the owner set for it, and no unknown one', async () => {
    const performers = library(
      { stash_ids: [{ endpoint: 'http://127.0.0.1:9998/graphql', stash_id: 'a' }] },
      { stash_ids: [{ endpoint: 'https://elsewhere.example/graphql', stash_id: 'b' }] },
      { stash_ids: [{ endpoint: 'no address', stash_id: 'c' }] },
    );
    await using site = await meet({ performers });
    expect((await site.lookUp(known(['fansdb', 'a']))).outcome).toBe('found');
    for (const id of ['b', 'c']) expect((await site.lookUp(known(['fansdb', id]))).outcome).toBe('not_found');
  });

  it('is read once, in pages, for however many look-ups', async () => {
    const many = Array.from({ length: 501 }, (_, i) => ({
      stash_ids: [{ endpoint: STASHDB, stash_id: `id-${i}` }],
    }));
    await using site = await meet({ performers: library(...many) });
    const asked = ['id-0', 'id-500', 'id-7'].map((id) => site.lookUp(known(['stashdb', id])));
    expect((await Promise.all(asked)).map(({ outcome }) => outcome)).toEqual(['found', 'found', 'found']);
    expect(site.server.requests).toHaveLength(2);
  });

  it('tells apart who is not there, who has no picture and whom no stash-box knows', async () => {
    const performers = library({ stash_ids: [{ endpoint: STASHDB, stash_id: 'a' }], picture: null });
    await using site = await meet({ performers });
    expect(await site.lookUp(known())).toMatchObject({ outcome: 'skipped', page: null });
    expect(site.server.requests).toHaveLength(0);
    expect((await site.lookUp(known(['stashdb', 'z']))).outcome).toBe('not_found');
    expect(await site.lookUp(known(['stashdb', 'a']))).toMatchObject({
      outcome: 'empty',
      reason: 'the performer has no picture in your Stash',
      images: [],
    });
  });

  it('gives both pictures where the owner has a performer twice, and one where two ids lead to the same', async () => {
    const [a, b] = [
      { endpoint: STASHDB, stash_id: 'a' },
      { endpoint: 'https://fansdb.cc/graphql', stash_id: 'b' },
    ];
    await using site = await meet({ performers: library({ stash_ids: [a, b] }, { stash_ids: [a] }) });
    const { images } = await site.lookUp(known(['stashdb', 'a'], ['fansdb', 'b']));
    expect(images.map(({ url }) => new URL(url).pathname)).toEqual([
      '/performer/1/image',
      '/performer/2/image',
    ]);
  });

  it('passes over rows that cannot be read, and says that it is not the whole library', async () => {
    await using site = await meet();
    const good = { id: '1', name: 'Ada', stash_ids: [{ endpoint: STASHDB, stash_id: 'a' }] };
    const performers = [{ id: 7 }, null, { ...good, image_path: '/performer/1/image' }];
    site.server.failNext(jsonAnswer(200, { data: { findPerformers: { count: 3, performers } } }));
    const found = await site.lookUp(known(['stashdb', 'a']));
    expect([found.images.length, found.isWhole]).toEqual([1, false]);
    expect(await site.lookUp(known(['stashdb', 'gone']))).toMatchObject({
      outcome: 'not_found',
      isWhole: false,
    });
  });
});

describe('a picture of the owner’s Stash', () => {
  const performers = library({ stash_ids: [{ endpoint: STASHDB, stash_id: 'a' }] });

  it('is fetched with the key, from the configured address even where Stash believes to be elsewhere', async () => {
    await using site = await meet(
      { performers, externalHost: 'https://stash.example.org' },
      { path: '/graphql' },
    );
    expect(await site.fetchFirst(known(['stashdb', 'a']))).toMatchObject({
      kind: 'fetched',
      etag: 'stash:1700000000',
    });
    expect(site.server.requests.map(({ url }) => url)).toEqual(['/graphql', '/performer/1/image']);
    expect(site.server.requests[1]?.headers.apikey).toBe('stash-key');
  });

  it('that went meanwhile does no harm', async () => {
    await using site = await meet({ performers });
    await site.lookUp(known(['stashdb', 'a']));
    site.server.library.splice(0);
    expect(await site.fetchFirst(known(['stashdb', 'a']))).toMatchObject({
      kind: 'failed',
      reason: 'image_missing',
    });
  });
});

describe('a Stash in trouble', () => {
  it('without a password needs no key', async () => {
    await using site = await meet({ apiKey: '' });
    expect((await site.lookUp(known(['stashdb', 'a']))).outcome).toBe('not_found');
  });

  it('that does not know the key says where to find it, without telling it', async () => {
    await using site = await meet({}, { key: 'a-wrong-secret' });
    const failure = await site.lookUp(known(['stashdb', 'a'])).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SourceBlocked);
    expect(String(failure)).toMatch(
      /Your Stash does not know the key in STASH_API_KEY \(HTTP 401\): .* from Settings › Security of your Stash$/,
    );
    expect(String(failure)).not.toContain('a-wrong-secret');
    // Once more after a pause.
    expect(site.server.requests).toHaveLength(2);
  });

  it('that wants a key where none is set says so, and a 403 is its tripwire', async () => {
    await using site = await meet({}, { key: '' });
    const lookUp = () => site.lookUp(known(['stashdb', 'a']));
    await expect(lookUp()).rejects.toThrow(
      /wants a key \(HTTP 401\), and none was sent, because STASH_API_KEY is not set/,
    );
    site.server.failNext(htmlPage(403));
    await expect(lookUp()).rejects.toThrow(
      /HTTP 403\): it was reached from the internet without a password.*tripwire/,
    );
  });

  it.each([
    ['a page of HTML, for ever', htmlPage(200), 4, /with a page of HTML/],
    ['an error of its own, for ever', graphqlErrors('database is locked'), 4, /reports: database is locked/],
    ['hang-ups, for ever', 'hang-up' as const, 4, /cannot be reached/],
    ['a field that it does not have', unknownField('Performer', 'updated_at'), 1, /Cannot query field/],
    [
      'another program at that address',
      htmlPage(404),
      1,
      /no GraphQL endpoint \(HTTP 404\): check STASH_URL/,
    ],
    [
      'another shape',
      jsonAnswer(200, { data: { findPerformers: [] } }),
      1,
      /shape that this runner does not know/,
    ],
  ])('that answers with %s stops the source with that reason', async (_, failure, times, reason) => {
    await using site = await meet();
    site.server.failNext(failure, times);
    const stopped = await site.lookUp(known(['stashdb', 'a'])).catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(SourceBlocked);
    expect(String(stopped)).toMatch(reason);
    expect((await site.lookUp(known(['stashdb', 'a']))).outcome).toBe('not_found');
  });
});
