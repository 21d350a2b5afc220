import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it } from 'vitest';
import {
  createSourceMemory,
  type ListOptions,
  listInto,
  pickEvents,
} from '../../../testing/source-memory.ts';
import { htmlPage, jsonAnswer, tooManyRequests } from '../../../testing/stash-box/failures.ts';
import { resourceOf } from '../../../testing/theporndb/resource.ts';
import { startThePornDb, type ThePornDbOptions } from '../../../testing/theporndb/start-theporndb.ts';
import { virtualClock } from '../../../testing/virtual-clock.ts';
import { createFetcher } from '../../http/fetcher.ts';
import { createLimiter } from '../../http/limiter.ts';
import { Retryable, SourceBlocked, Throttled } from '../../http/request-errors.ts';
import type { SourceEvent } from '../base/source.ts';
import { openThePornDb, restAddress } from './open-theporndb.ts';

const people = (count: number) =>
  Array.from({ length: count }, (_, i) => resourceOf({ name: `P${String(i).padStart(3, '0')}` }));
const idOf = (name: string) => resourceOf({ name }).id;

/** A server, the adapter that talks to it, and what a catalog would remember. */
async function meet(
  options: ThePornDbOptions = {},
  { token, listingLimit }: { token?: string; listingLimit?: number } = {},
) {
  const server = await startThePornDb(options);
  const clock = virtualClock(Date.now());
  const fetcher = createFetcher({
    limiter: createLimiter(clock, { requestsPerMinute: 6_000_000, concurrency: 4 }),
    clock,
    random: () => 0,
    userAgent: 'trainer-test/1',
    allowedOrigins: new Set([server.url]),
    timeoutMs: hangLimits.waitMs,
  });
  const source = openThePornDb({
    endpoint: {
      url: server.url,
      token: token ?? server.token,
      keyVariable: 'THEPORNDB_API_KEY',
      urlVariable: 'THEPORNDB_URL',
    },
    fetcher,
    now: () => new Date(clock.now()),
    sweeps: [4, 3],
    ...(listingLimit === undefined ? {} : { listingLimit }),
  });
  const catalog = createSourceMemory();
  return {
    server,
    source,
    clock,
    catalog,
    list: (how?: ListOptions) => listInto(catalog, source, how),
    async [Symbol.asyncDispose]() {
      await source.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const namesOf = (events: SourceEvent[]) =>
  pickEvents(events, 'performer').map(({ performer }) => performer.record.name);

describe('a walk through ThePornDB', () => {
  it.each([
    ['a total and last_page', {}],
    ['a total and last', { lastPageAs: 'last' }],
    ['a total alone', { lastPageAs: null }],
    ['last_page alone', { withTotal: false }],
    ['nothing about pages', { lastPageAs: null, withTotal: false }],
    [
      'nothing about pages, and fewer rows than asked for',
      { lastPageAs: null, withTotal: false, maxPerPage: 2 },
    ],
    ['a total, and fewer rows than asked for', { lastPageAs: null, maxPerPage: 2 }],
  ] as const)('meets everyone once where the answers say %s', async (_, shape) => {
    await using site = await meet({ performers: people(9), ...shape });
    const events = await site.list();
    expect(namesOf(events)).toEqual(people(9).map(({ name }) => name));
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['finished', 'scan_over']);
    expect(pickEvents(events, 'total')).toHaveLength('withTotal' in shape ? 0 : 1);
  });

  it('sends the token as a bearer, and says who it is', async () => {
    await using site = await meet({ performers: people(1) });
    await site.list();
    expect(site.server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer demo-token',
      'user-agent': 'trainer-test/1',
      accept: 'application/json',
    });
    expect(site.server.asked()).toEqual(['/performers?page=1&per_page=4']);
  });

  it('ends at once where there is nobody', async () => {
    await using site = await meet();
    expect((await site.list()).map(({ kind }) => kind)).toEqual(['finished', 'scan_over']);
  });

  it('goes on after a crash a page before the place it had reached, and tells nobody twice', async () => {
    await using site = await meet({ performers: people(14) });
    const before = namesOf(await site.list({ stopAfter: 9 }));
    const asked = site.server.asked().length;
    const after = namesOf(await site.list({ run: '2' }));
    expect([...before, ...after]).toEqual(people(14).map(({ name }) => name));
    expect(site.server.asked()[asked]).toBe('/performers?page=2&per_page=4');
  });

  it('misses nobody when somebody leaves on the way and rows move up', async () => {
    await using site = await meet({ performers: people(9) });
    const events = await site.list({
      onEvent: (event) => {
        if (event.kind === 'performer' && event.performer.record.name === 'P002')
          site.server.remove(idOf('P000'));
      },
    });
    expect(namesOf(events)).toEqual(people(9).map(({ name }) => name));
    expect(pickEvents(events, 'removed')).toEqual([]);
    expect(pickEvents(await site.list({ run: '2' }), 'removed')).toEqual([
      { kind: 'removed', remoteId: idOf('P000'), mergedInto: null },
    ]);
  });

  it('goes on when one row cannot be read, and says which', async () => {
    const rows = [...people(1), { id: 'b', name: 7 }, { slug: 'no id' }, ...people(2).slice(1)];
    await using site = await meet();
    site.server.failNext(jsonAnswer(200, { data: rows, meta: { total: 4, last_page: 1 } }));
    const events = await site.list();
    expect(namesOf(events)).toEqual(['P000', 'P001']);
    expect(pickEvents(events, 'unreadable').map(({ what }) => what)).toEqual([
      'performer b',
      'a performer without an id',
    ]);
    expect(pickEvents(events, 'warning')).toEqual([]);
  });

  it('stops where every page is the same, instead of going on for ever', async () => {
    await using site = await meet({ performers: people(9) });
    site.server.stickOn(1);
    await expect(site.list()).rejects.toThrow(/the same performers on page 2 as on the one before/);
    expect(site.server.requests).toHaveLength(2);
  });

  it('starts over when the cursor is not one of its own', async () => {
    await using site = await meet({ performers: people(2) });
    site.catalog.cursor = { page: 'seven' };
    expect(namesOf(await site.list())).toHaveLength(2);
  });
});

describe('a later walk', () => {
  it('tells everyone again with the same revision, except who changed', async () => {
    await using site = await meet({ performers: people(3) });
    const revisions = async (run: string) =>
      pickEvents(await site.list({ run }), 'performer').map(({ performer }) => performer.record.updated);
    const first = await revisions('1');
    Object.assign(site.server.rows[1] ?? {}, { aliases: ['New'], rating: 3 });
    Object.assign(site.server.rows[2] ?? {}, { rating: 3 });
    const second = await revisions('2');
    expect([second[0], second[2]]).toEqual([first[0], first[2]]);
    expect(second[1]).not.toBe(first[1]);
  });

  it('is not begun again in the run that has finished one', async () => {
    await using site = await meet({ performers: people(2) });
    await site.list();
    const asked = site.server.asked().length;
    expect((await site.list({ full: true })).map(({ kind }) => kind)).toEqual(['finished']);
    expect(site.server.asked()).toHaveLength(asked);
    expect(namesOf(await site.list({ full: true, run: '2' }))).toHaveLength(2);
  });

  it('begins anew when it must be full and another run left one in the middle', async () => {
    await using site = await meet({ performers: people(9) });
    await site.list({ stopAfter: 6 });
    site.clock.advance(1_000);
    const events = await site.list({ full: true, run: '2' });
    expect(events[0]?.kind).toBe('scan_over');
    expect(namesOf(events)).toHaveLength(9);
  });

  it('says who is gone, who is called otherwise now, and not who was only out of sight', async () => {
    await using site = await meet({ performers: people(9) });
    await site.list();
    const [moved] = site.server.rows.splice(4, 1);
    site.server.remove(idOf('P002'));
    site.server.rows.push({ ...resourceOf({ name: 'P004' }), id: 'another-id', slug: moved?.id });
    const events = await site.list({ run: '2' });
    expect(
      pickEvents(events, 'removed').toSorted((one, two) => one.remoteId.localeCompare(two.remoteId)),
    ).toEqual(
      [
        { kind: 'removed', remoteId: idOf('P002'), mergedInto: null },
        { kind: 'removed', remoteId: idOf('P004'), mergedInto: 'another-id' },
      ].toSorted((one, two) => one.remoteId.localeCompare(two.remoteId)),
    );
  });

  it('that was cut short removes nobody', async () => {
    await using site = await meet({ performers: people(9) });
    await site.list();
    site.server.remove(idOf('P000'));
    expect(pickEvents(await site.list({ run: '2', stopAfter: 7 }), 'removed')).toEqual([]);
  });

  it('that did not meet as many as there are removes nobody, and says how many are missing', async () => {
    await using site = await meet({ performers: people(9) });
    await site.list();
    const half = { data: site.server.rows.slice(0, 4), meta: { total: 9, last_page: 1 } };
    site.server.failNext(jsonAnswer(200, half), 2);
    const events = await site.list({ run: '2' });
    expect(pickEvents(events, 'removed')).toEqual([]);
    expect(pickEvents(events, 'warning')[0]?.message).toMatch(/^5 of 9 performers could not be seen/);
  });

  it('does not believe a listing that lacks too many, nor an interface that finds nobody by id', async () => {
    await using site = await meet({ performers: people(9) });
    await site.list();
    for (let i = 0; i < 101; i++) site.catalog.held.add(`ghost ${i}`);
    const [doubt] = pickEvents(await site.list({ run: '2' }), 'warning');
    expect(doubt?.message).toMatch(/101 of 110 known performers are missing from it\. Nobody counts as gone/);

    for (let i = 1; i < 101; i++) site.catalog.held.delete(`ghost ${i}`);
    let pages = 0;
    const events = await site.list({
      run: '3',
      onEvent: (event) => {
        if (event.kind === 'performer') pages += 1;
        if (pages === 9) site.server.failNext(jsonAnswer(404, {}), 5);
      },
    });
    expect(pickEvents(events, 'removed')).toEqual([]);
    expect(pickEvents(events, 'warning')[0]?.message).toMatch(/even someone who is in it/);
  });
});

describe('a listing of ThePornDB that ends at exactly 10,000', () => {
  const crowd = Array.from({ length: 25 }, (_, i) =>
    resourceOf({ name: `P${i}`, extras: { gender: i < 14 ? 'Female' : 'Male' } }),
  );
  const cut = { performers: crowd, listingLimit: 20 };
  const warnings = (events: SourceEvent[]) => pickEvents(events, 'warning').map(({ message }) => message);

  it('is said to be cut off, and the others are met by gender', async () => {
    await using site = await meet({ ...cut, genders: 'filtered' }, { listingLimit: 20 });
    const events = await site.list();
    expect(new Set(namesOf(events)).size).toBe(25);
    expect(warnings(events)).toEqual([expect.stringMatching(/exactly 20 performers.*cut off there/)]);
    expect(pickEvents(events, 'total')).toEqual([{ kind: 'total', performers: 20 }]);
    expect(pickEvents(events, 'finished')).toHaveLength(1);
  });

  it.each(['ignored', 'refused'] as const)(
    'asks no further where the filter is %s, and nobody counts as gone',
    async (genders) => {
      await using site = await meet({ ...cut, genders }, { listingLimit: 20 });
      site.catalog.held.add(idOf('P24'));
      const events = await site.list();
      expect(namesOf(events)).toHaveLength(20);
      expect(site.server.asked().filter((path) => path.includes('gender='))).toHaveLength(1);
      expect(pickEvents(events, 'removed')).toEqual([]);
    },
  );

  it('goes on after a crash among the genders', async () => {
    await using site = await meet({ ...cut, genders: 'filtered' }, { listingLimit: 20 });
    const before = namesOf(await site.list({ stopAfter: 22 }));
    const after = namesOf(await site.list({ run: '2' }));
    expect(new Set([...before, ...after]).size).toBe(25);
    expect(before.filter((name) => after.includes(name))).toEqual([]);
  });
});

describe('ThePornDB in trouble', () => {
  it('with a token that it does not take stops the source, and says where to get another', async () => {
    await using site = await meet({}, { token: 'a-wrong-secret' });
    const failure = await site.list().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SourceBlocked);
    expect(String(failure)).toMatch(
      /the token in THEPORNDB_API_KEY \(HTTP 401, saying "Unauthenticated\."\)/,
    );
    expect(String(failure)).not.toContain('a-wrong-secret');
    // Once more after a pause, in case it was its database.
    expect(site.server.requests).toHaveLength(2);
  });

  it.each([
    [
      'Cloudflare’s error 1010',
      htmlErrors('error code: 1010'),
      /because of its user agent \(403, error 1010\)/,
    ],
    ['a page of Cloudflare', htmlPage(403), /a page of HTML \(HTTP 403\): Cloudflare/],
    ['a token without rights', jsonAnswer(403, { message: 'Forbidden' }), /HTTP 403, saying "Forbidden"/],
    ['another address', htmlPage(404), /has no performers \(HTTP 404\): check THEPORNDB_URL/],
    ['another interface', jsonAnswer(200, { performers: [] }), /shape that this runner does not know/],
    [
      'a question refused',
      jsonAnswer(422, { errors: [{ message: 'bad sort' }] }),
      /HTTP 422, saying "bad sort"/,
    ],
  ])('that answers with %s stops the source with that reason', async (_, failure, reason) => {
    await using site = await meet({ performers: people(2) });
    site.server.failNext(failure);
    const stopped = await site.list().catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(SourceBlocked);
    expect(String(stopped)).toMatch(reason);
  });

  it('is waited for when there were too many attempts, whatever the status', async () => {
    await using site = await meet({ performers: people(2) });
    site.server.failNext(tooManyRequests(20));
    const began = site.clock.now();
    expect(namesOf(await site.list())).toHaveLength(2);
    expect(site.clock.now() - began).toBeGreaterThanOrEqual(20_000);
    site.server.failNext(jsonAnswer(200, { message: 'Too Many Attempts.' }), 1_000);
    const failure = await site.list({ run: '2' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Throttled);
    expect(site.source.traffic().waitedMs).toBeGreaterThanOrEqual(80_000);
  });

  it.each([
    ['pages of HTML with 200', htmlPage(200)],
    ['pages of HTML with 502', htmlPage(502)],
    ['errors in the body', jsonAnswer(200, { errors: [{ message: 'Server Error' }] })],
    ['hang-ups', 'hang-up' as const],
  ])(
    'that gives %s is asked again, three times at first, and for minutes once it has worked',
    async (_, failure) => {
      await using site = await meet({ performers: people(2) });
      site.server.failNext(failure, 4);
      await expect(site.list()).rejects.toBeInstanceOf(Retryable);
      site.server.failNext(failure, 3);
      expect(namesOf(await site.list())).toHaveLength(2);
      site.server.failNext(failure, 28);
      expect(namesOf(await site.list({ run: '1b' }))).toHaveLength(2);
      site.server.failNext(failure, 1_000);
      await expect(site.list({ run: '2' })).rejects.toBeInstanceOf(Retryable);
    },
  );
});

describe('a picture of ThePornDB', () => {
  const path = '/pictures/ada.jpg';
  const fetchOne = (
    { server, source }: Awaited<ReturnType<typeof meet>>,
    revision: string,
    lastModified: string | null,
  ) =>
    source.fetchImage(
      { url: server.url + path, widthPx: null, heightPx: null, revision },
      { etag: 'sha256:before', lastModified },
      new AbortController().signal,
    );

  it('is fetched without the token, known by the record’s hash, and not sent again unchanged', async () => {
    await using site = await meet({ pictures: { [path]: Uint8Array.from([255, 216, 255]) } });
    const first = await fetchOne(site, 'sha256:one', null);
    expect(first).toMatchObject({ kind: 'fetched', etag: 'sha256:one', lastModified: expect.any(String) });
    const lastModified = first.kind === 'fetched' ? first.lastModified : null;
    expect(await fetchOne(site, 'sha256:two', lastModified)).toEqual({
      kind: 'unchanged',
      etag: 'sha256:two',
      lastModified,
    });
    site.server.changePictures();
    expect(await fetchOne(site, 'sha256:two', lastModified)).toMatchObject({ kind: 'fetched' });
    expect(site.server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(site.server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it('takes the identity that older setups wrote into the address for the usual address', () => {
  const usual = 'https://api.theporndb.net';
  expect(restAddress(undefined, usual)).toBe(usual);
  expect(restAddress('https://theporndb.net/graphql?type=JAV', usual)).toBe(usual);
  expect(restAddress('http://127.0.0.1:8123/api', usual)).toBe('http://127.0.0.1:8123/api');
});

function htmlErrors(text: string) {
  return { status: 403, headers: { 'Content-Type': 'text/plain' }, body: text };
}
