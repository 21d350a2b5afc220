import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it } from 'vitest';
import { graphqlErrors, htmlPage, jsonAnswer, tooManyRequests } from '../../../testing/stash-box/failures.ts';
import { uuidOf } from '../../../testing/stash-box/performer.ts';
import {
  type StashBox,
  type StashBoxOptions,
  startStashBox,
} from '../../../testing/stash-box/start-stash-box.ts';
import { virtualClock } from '../../../testing/virtual-clock.ts';
import { createFetcher } from '../../http/fetcher.ts';
import { createLimiter } from '../../http/limiter.ts';
import { Retryable, SourceBlocked } from '../../http/request-errors.ts';
import type { Source, SourceEvent, SourceMemory } from '../base/source.ts';
import { openStashBox } from './open-stash-box.ts';

const PICTURE = {
  id: uuidOf('picture'),
  width: 600,
  height: 900,
  content: Uint8Array.from([255, 216, 255, 1]),
};
const people = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `P${String(i).padStart(3, '0')}` }));
const SWEEPS = [3, 3, 4, 5].map(
  (perPage, i) => ({ perPage, direction: i % 2 === 0 ? 'ASC' : 'DESC' }) as const,
);

/** A box, the adapter that talks to it, and what a catalog would remember. */
async function meet(options: StashBoxOptions = {}, apiKey?: string) {
  const box = await startStashBox(options);
  const clock = virtualClock(Date.now());
  const waits: string[] = [];
  const fetcher = createFetcher({
    limiter: createLimiter(clock, { requestsPerMinute: 6_000_000, concurrency: 4 }),
    clock,
    random: () => 0,
    userAgent: 'trainer-test/1',
    allowedOrigins: new Set([new URL(box.url).origin]),
    timeoutMs: hangLimits.waitMs,
    onWait: (message) => void waits.push(message),
  });
  const source = openStashBox({
    id: 'stashdb',
    endpoint: {
      title: 'StashDB',
      url: box.url,
      apiKey: apiKey ?? box.apiKey,
      keyVariable: 'STASHDB_API_KEY',
      urlVariable: 'STASHDB_URL',
    },
    fetcher,
    now: () => new Date(),
    sweeps: SWEEPS,
  });
  return {
    box,
    source,
    clock,
    waits,
    catalog: createMemory(),
    [Symbol.asyncDispose]: () => close(box, source),
  };
}

async function close(box: StashBox, source: Source) {
  await source.close();
  await box.close();
}

function createMemory() {
  const site = new Set<string>();
  const held = new Set<string>();
  const memory: SourceMemory = {
    seenIds: async (scan, ids) => new Set(ids.filter((id) => site.has(`${scan} ${id}`))),
    seenCount: async (scan) => [...site].filter((entry) => entry.startsWith(scan)).length,
    heldIds: async (ids) => new Set(ids.filter((id) => held.has(id))),
    async *knownIds(after = '') {
      yield [...held].filter((id) => id > after).sort();
    },
  };
  return { site, held, memory, cursor: null as unknown };
}

type Meeting = Awaited<ReturnType<typeof meet>>;

/** Lists and commits as the pipeline does; `stopAfter` performers the process is gone. */
async function list(
  { source, catalog }: Meeting,
  { full = false, run = '1', stopAfter = Number.POSITIVE_INFINITY, onEvent = (_: SourceEvent) => {} } = {},
) {
  const events: SourceEvent[] = [];
  const { memory, cursor } = catalog;
  const signal = new AbortController().signal;
  for await (const event of source.list({ cursor, full, run, memory, signal })) {
    events.push(event);
    onEvent(event);
    if (event.kind === 'performer') {
      catalog.held.add(event.performer.record.remoteId);
      catalog.site.add(`${event.scan} ${event.performer.record.remoteId}`);
    }
    if ('cursor' in event) catalog.cursor = JSON.parse(JSON.stringify(event.cursor));
    if (namesOf(events).length >= stopAfter) break;
  }
  return events;
}

function namesOf(events: SourceEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'performer' ? [event.performer.record.name] : []));
}

function pick<K extends SourceEvent['kind']>(events: SourceEvent[], kind: K) {
  return events.filter((event): event is Extract<SourceEvent, { kind: K }> => event.kind === kind);
}

function pagesAsked(box: StashBox): unknown[] {
  return box.requests.records
    .filter(({ body }) => body.includes('queryPerformers('))
    .map(({ body }) => JSON.parse(body).variables.input.page);
}

describe('a full scan of a stash-box', () => {
  it('tells everyone once, with all fields, and how many there are', async () => {
    await using site = await meet({
      images: [PICTURE, { ...PICTURE, id: uuidOf('drawing'), width: -1 }],
      performers: [
        ...people(7),
        {
          name: 'Zoe',
          aliases: ['Z'],
          gender: 'FEMALE',
          birth_date: '1990-05',
          height: 170,
          urls: [{ url: 'https://www.iafd.com/person.rme/id=1', site: 'IAFD' }],
          tattoos: [{ location: 'arm', description: null }],
          images: [uuidOf('drawing'), PICTURE.id],
        },
      ],
    });
    const events = await list(site);
    expect(namesOf(events)).toEqual([...people(7).map(({ name }) => name), 'Zoe']);
    expect(pick(events, 'total')).toEqual([{ kind: 'total', performers: 8 }]);
    const url = site.box.imageUrl(PICTURE.id);
    expect(pick(events, 'performer').at(-1)?.performer).toMatchObject({
      record: {
        endpoint: 'stashdb',
        name: 'Zoe',
        aliases: ['Z'],
        gender: 'FEMALE',
        birthDate: '1990-05',
        heightCm: 170,
        urls: ['https://www.iafd.com/person.rme/id=1'],
        tattoos: [{ location: 'arm', description: null }],
        piercings: [],
        imageUrl: url,
      },
      images: [{ url, widthPx: 600, heightPx: 900, revision: PICTURE.id }],
    });
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['finished', 'scan_over']);
  });

  it('meets everyone although equal names change places between pages', async () => {
    const twins = Array.from({ length: 12 }, (_, i) => ({ name: 'Twin', id: uuidOf(`twin ${i}`) }));
    await using site = await meet({ performers: twins });
    expect(namesOf(await list(site))).toHaveLength(12);
    expect(site.catalog.held.size).toBe(12);
    expect(pagesAsked(site.box).length).toBeGreaterThan(4);
  });

  it('misses nobody when somebody leaves in mid-scan and rows move up', async () => {
    await using site = await meet({ performers: people(9) });
    const gone = uuidOf('performer P000 ');
    const events = await list(site, {
      onEvent: (event) => {
        if (event.kind === 'performer' && event.performer.record.name === 'P002') site.box.destroy(gone);
      },
    });
    expect(namesOf(events)).toEqual(people(9).map(({ name }) => name));
    expect(pick(events, 'removed')).toEqual([{ kind: 'removed', remoteId: gone, mergedInto: null }]);
  });

  it('goes on after a crash a page before the place it had reached, and tells nobody twice', async () => {
    await using site = await meet({ performers: people(14) });
    const before = namesOf(await list(site, { stopAfter: 8 }));
    const asked = pagesAsked(site.box).length;
    const after = namesOf(await list(site));
    expect([...before, ...after]).toEqual(people(14).map(({ name }) => name));
    expect(pagesAsked(site.box)[asked]).toBe(2);
  });

  it('goes on when the performer that it stopped at was deleted meanwhile', async () => {
    await using site = await meet({ performers: people(10) });
    const before = namesOf(await list(site, { stopAfter: 5 }));
    site.box.destroy(uuidOf('performer P004 '));
    const after = namesOf(await list(site));
    expect([...before, ...after]).toEqual(people(10).map(({ name }) => name));
  });

  it('starts over when the cursor is not one of its own', async () => {
    await using site = await meet({ performers: people(2) });
    site.catalog.cursor = { page: 'seven' };
    expect(namesOf(await list(site))).toHaveLength(2);
  });

  it('goes on when one row cannot be read, and says which', async () => {
    await using site = await meet();
    const rows = [{ id: 'a', name: 'Ada', gender: 'SOMETHING_NEW' }, { id: 'b', name: 7 }, { name: 'no id' }];
    site.box.failNext(jsonAnswer(200, { data: { queryPerformers: { count: 3, performers: rows } } }));
    const events = await list(site);
    expect(namesOf(events)).toEqual(['Ada']);
    expect(pick(events, 'unreadable').map(({ what }) => what)).toEqual([
      'performer b',
      'a performer without an id',
    ]);
    expect(pick(events, 'unreadable')[0]?.reason).toMatch(/name/);
  });
});

describe('an older stash-box', () => {
  it('is asked once which fields it has, and then without the others', async () => {
    await using site = await meet({
      performers: [{ name: 'Ada', birth_date: '1990-05' }, ...people(6)],
      lacking: ['Performer.birth_date', 'Performer.merged_into_id', 'Performer.piercings'],
    });
    const events = await list(site);
    expect(namesOf(events)).toHaveLength(7);
    expect(pick(events, 'performer')[0]?.performer.record.birthDate).toBe('1990-05');
    expect(site.box.requests.records.filter(({ status }) => status === 422)).toHaveLength(1);
  });

  it('without an edit history is asked about each known id', async () => {
    await using site = await meet({ performers: people(5), lacking: ['Query.queryEdits'] });
    await list(site);
    site.box.merge(uuidOf('performer P001 '), uuidOf('performer P003 '));
    site.box.destroy(uuidOf('performer P002 '));
    expect(pick(await list(site), 'removed')).toEqual([
      { kind: 'removed', remoteId: uuidOf('performer P002 '), mergedInto: null },
      { kind: 'removed', remoteId: uuidOf('performer P001 '), mergedInto: uuidOf('performer P003 ') },
    ]);
  });
});

describe('a later scan', () => {
  const longAgo = people(20).map((one, i) => ({ ...one, created: new Date(Date.UTC(2020, 0, 1 + i)) }));

  it('tells who changed since the last one, and who is gone', async () => {
    await using site = await meet({ performers: longAgo });
    await list(site);
    const asked = pagesAsked(site.box).length;
    site.box.edit(uuidOf('performer P003 '), { aliases: ['New'] });
    site.box.addPerformer({ name: 'Newcomer' });
    site.box.destroy(uuidOf('performer P004 '));
    site.box.merge(uuidOf('performer P005 '), uuidOf('performer P006 '));
    const events = await list(site);
    expect(namesOf(events).sort()).toEqual(['Newcomer', 'P003', 'P006']);
    expect(pick(events, 'total')).toEqual([{ kind: 'total', performers: 3 }]);
    expect(pick(events, 'removed')).toEqual([
      { kind: 'removed', remoteId: uuidOf('performer P004 '), mergedInto: null },
      { kind: 'removed', remoteId: uuidOf('performer P005 '), mergedInto: uuidOf('performer P006 ') },
    ]);
    expect(pagesAsked(site.box).length - asked).toBeLessThanOrEqual(2);
  });

  it('counts from the start of the one before, so an edit in mid-scan is not lost', async () => {
    await using site = await meet({ performers: longAgo });
    await list(site, {
      onEvent: (event) => {
        if (event.kind === 'performer' && event.performer.record.name === 'P010') {
          site.box.edit(uuidOf('performer P001 '), { country: 'NL' });
        }
      },
    });
    expect(namesOf(await list(site))).toEqual(['P001']);
  });

  it('is a full one when the run asks for it, and only once in that run', async () => {
    await using site = await meet({ performers: longAgo });
    await list(site);
    expect(namesOf(await list(site, { full: true, run: '2' }))).toHaveLength(20);
    expect(namesOf(await list(site, { full: true, run: '2' }))).toHaveLength(0);
  });
});

describe('a stash-box in trouble', () => {
  it('with a key that it does not know stops the source, and says where the key comes from', async () => {
    await using site = await meet({ performers: people(1) }, 'a-wrong-secret');
    const failure = await list(site).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SourceBlocked);
    expect(String(failure)).toMatch(/does not know the key in STASHDB_API_KEY \(HTTP 401\)/);
    expect(String(failure)).not.toContain('a-wrong-secret');
    // Once more after a pause, in case it was its database.
    expect(site.box.requests.count()).toBe(2);
  });

  it('with a key that may not read stops the source', async () => {
    await using site = await meet();
    site.box.failNext(graphqlErrors('not authorized'));
    await expect(list(site)).rejects.toThrow(/may not read performers, so runQuery there for the READ role/);
  });

  it('is waited for as long as its proxy says', async () => {
    await using site = await meet({ performers: people(2) });
    site.box.failNext(tooManyRequests(20));
    const began = site.clock.now();
    expect(namesOf(await list(site))).toHaveLength(2);
    expect(site.clock.now() - began).toBeGreaterThanOrEqual(20_000);
    expect(site.source.traffic().waitedMs).toBeGreaterThanOrEqual(20_000);
  });

  it.each([
    ['pages of HTML with 200', htmlPage(200)],
    ['pages of HTML with 502', htmlPage(502)],
    ['errors inside GraphQL', graphqlErrors('Internal system error')],
    ['hang-ups', 'hang-up' as const],
  ])(
    'that gives %s is asked again, three times at first, and for minutes once it has worked',
    async (_, failure) => {
      await using site = await meet({ performers: people(2) });
      site.box.failNext(failure, 4);
      await expect(list(site)).rejects.toBeInstanceOf(Retryable);
      site.box.failNext(failure, 3);
      expect(namesOf(await list(site))).toHaveLength(2);
      site.box.failNext(failure, 28);
      const said = site.waits.length;
      expect(namesOf(await list(site, { full: true, run: '2' }))).toHaveLength(2);
      expect(site.waits.slice(said).join('\n')).toMatch(
        /StashDB has worked before, so it is waited for; going on in 15 s/,
      );
      site.box.failNext(failure, 1_000);
      const began = site.clock.now();
      await expect(list(site, { full: true, run: '3' })).rejects.toBeInstanceOf(Retryable);
      expect(site.clock.now() - began).toBeGreaterThanOrEqual(9 * 60_000);
    },
  );

  it('is waited for by a process that knows only from the catalog that it has worked', async () => {
    await using site = await meet({ performers: people(2) });
    await list(site);
    await using later = await meet({ performers: people(2) });
    later.catalog.cursor = site.catalog.cursor;
    later.box.failNext('hang-up', 4);
    await list(later);
    expect(later.waits).toHaveLength(1);
  });

  it('that refuses a key which works again after a pause had an outage', async () => {
    await using site = await meet({ performers: people(2) });
    site.box.failNext(htmlPage(401), 1);
    expect(namesOf(await list(site))).toHaveLength(2);
    site.box.failNext(htmlPage(401), 7);
    expect(namesOf(await list(site, { full: true, run: '2' }))).toHaveLength(2);
    site.box.failNext(htmlPage(401), 8);
    await expect(list(site, { full: true, run: '3' })).rejects.toThrow(
      /StashDB has refused a key that worked before for 10 minutes: either its database is down, or the key was made anew/,
    );
  });

  it('that refuses although no key was sent says so', async () => {
    await using site = await meet({}, '');
    await expect(list(site)).rejects.toThrow(
      /"not authorized", because no key was sent: STASHDB_API_KEY is not set/,
    );
    expect(site.box.requests.records[0]?.hadKey).toBe(false);
    site.box.failNext(htmlPage(401));
    await expect(list(site)).rejects.toThrow(/wants a key \(HTTP 401\), and none was sent/);
  });

  it('that is no stash-box at all names the variable with the address', async () => {
    await using site = await meet();
    site.box.failNext(htmlPage(404));
    await expect(list(site)).rejects.toThrow(/is no GraphQL endpoint \(HTTP 404\): check STASHDB_URL/);
  });
});

describe('a picture of a stash-box', () => {
  const image = (box: StashBox, id: string) => ({
    url: box.imageUrl(id),
    widthPx: 1,
    heightPx: 1,
    revision: id,
  });
  const fetchOne = ({ box, source }: Meeting, id: string) =>
    source.fetchImage(image(box, id), { etag: null, lastModified: null }, new AbortController().signal);

  it('that is over 30 MB is taken in the smaller size that the box serves', async () => {
    const huge = { ...PICTURE, content: new Uint8Array(31 * 1024 * 1024), sizes: { 1280: PICTURE.content } };
    await using site = await meet({ images: [huge] });
    const fetched = await fetchOne(site, PICTURE.id);
    expect(fetched).toMatchObject({ kind: 'fetched', etag: PICTURE.id });
    expect(fetched.kind === 'fetched' && fetched.bytes.byteLength).toBe(PICTURE.content.byteLength);
  });

  it('that is over 30 MB in every size is not taken', async () => {
    await using site = await meet({ images: [{ ...PICTURE, content: new Uint8Array(31 * 1024 * 1024) }] });
    expect(await fetchOne(site, PICTURE.id)).toMatchObject({ kind: 'failed', reason: 'image_not_taken' });
    expect(site.box.requests.count('/images/')).toBe(2);
  });

  it('is fetched in full size, without the key, and known by its id from then on', async () => {
    await using site = await meet({ images: [PICTURE] });
    expect(await fetchOne(site, PICTURE.id)).toMatchObject({ kind: 'fetched', etag: PICTURE.id });
    expect(site.box.requests.records[0]).toMatchObject({ hadKey: false, userAgent: 'trainer-test/1' });
  });

  it('that is missing, busy or cut short does no harm to the others', async () => {
    await using site = await meet({
      images: [
        { ...PICTURE, id: 'gone', fault: { kind: 'missing' } },
        { ...PICTURE, id: 'busy', fault: { kind: 'throttled', times: 1, retryAfterS: 3 } },
        { ...PICTURE, id: 'short', fault: { kind: 'truncated', atByte: 2 } },
      ],
    });
    expect(await fetchOne(site, 'gone')).toMatchObject({ kind: 'failed', reason: 'image_missing' });
    expect(await fetchOne(site, 'busy')).toMatchObject({ kind: 'fetched' });
    expect(await fetchOne(site, 'short')).toMatchObject({ kind: 'failed', reason: 'image_unreachable' });
  });
});
