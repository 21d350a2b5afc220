import { describe, expect, it } from 'vitest';
import { graphqlErrors, hangUp, htmlPage, tooManyRequests, unknownField } from './failures.ts';
import { uuidOf } from './performer.ts';
import { type StashBox, type StashBoxOptions, startStashBox } from './start-stash-box.ts';

const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...new Array(2000).fill(7)]);
const PICTURE = { id: uuidOf('picture'), width: 600, height: 900, content: JPEG };

describe('the key of the fake stash-box', () => {
  it('is asked for inside GraphQL: HTTP 200, not authorized, no data', async () => {
    await using box = await startStashBox();
    const { status, body } = await ask(box, '{ queryPerformers(input: {}) { count } }', {}, {});
    expect(status).toBe(200);
    expect(body.data).toBeNull();
    expect(body.errors[0]).toMatchObject({ message: 'not authorized', path: ['queryPerformers'] });
  });

  it('leaves the nullable fields null when it is missing', async () => {
    await using box = await startStashBox();
    const { body } = await ask(box, `{ findPerformer(id: "${uuidOf('x')}") { id } me { id } }`, {}, {});
    expect(body.data).toEqual({ findPerformer: null, me: null });
    expect(body.errors).toHaveLength(1);
  });

  it('answers a wrong one with 401 and nothing, pictures included', async () => {
    await using box = await startStashBox({ images: [PICTURE] });
    const headers = { ApiKey: 'another' };
    for (const response of [
      await fetch(box.url, { method: 'POST', body: '{"query":"{ me { id } }"}', headers }),
      await fetch(box.imageUrl(PICTURE.id), { headers }),
    ]) {
      expect([response.status, await response.text()]).toEqual([401, '']);
    }
  });
});

describe('a GraphQL request', () => {
  it('that does not parse or fit the schema is 422 with a code', async () => {
    await using box = await startStashBox();
    const broken = await ask(box, '{ queryPerformers(');
    const unknown = await ask(box, '{ queryPerformers(input: {}) { total } }');
    const variable = await ask(box, 'query ($id: ID!) { findPerformer(id: $id) { id } }', {});
    expect(
      [broken, unknown, variable].map(({ status, body }) => [status, body.errors[0].extensions.code]),
    ).toEqual([
      [422, 'GRAPHQL_PARSE_FAILED'],
      [422, 'GRAPHQL_VALIDATION_FAILED'],
      [422, 'GRAPHQL_VALIDATION_FAILED'],
    ]);
  });

  it('for a field that an older instance lacks is 422, and is fine without it', async () => {
    await using box = await startStashBox({
      performers: [{ name: 'Ada' }],
      lacking: ['Performer.merged_into_id'],
    });
    const asked = (fields: string) => ask(box, `{ queryPerformers(input: {}) { performers { ${fields} } } }`);
    expect((await asked('id merged_into_id')).status).toBe(422);
    expect((await asked('id')).status).toBe(200);
  });

  it('shows every field of a performer, with links, dates and pictures in their shapes', async () => {
    const square = { ...PICTURE, id: uuidOf('square'), width: 900 };
    await using box = await startStashBox({
      images: [square, PICTURE],
      performers: [
        {
          name: 'Ada',
          aliases: ['B', 'A'],
          birth_date: '1990-05',
          urls: [{ url: 'https://example.org/ada', site: 'Example' }],
          tattoos: [{ location: 'wrist', description: null }],
          images: [square.id, PICTURE.id],
        },
      ],
    });
    const { body } = await ask(
      box,
      `{ queryPerformers(input: {}) { performers {
        aliases birth_date birthdate { date accuracy } urls { url site { name } type } tattoos { location description }
        piercings { location } images { id url width height } merged_ids merged_into_id deleted
      } } }`,
    );
    expect(body.data.queryPerformers.performers[0]).toEqual({
      aliases: ['A', 'B'],
      birth_date: '1990-05',
      birthdate: { date: '1990-05-01', accuracy: 'MONTH' },
      urls: [{ url: 'https://example.org/ada', site: { name: 'Example' }, type: 'EXAMPLE' }],
      tattoos: [{ location: 'wrist', description: null }],
      piercings: null,
      images: [
        { id: PICTURE.id, url: box.imageUrl(PICTURE.id), width: 600, height: 900 },
        { id: square.id, url: box.imageUrl(square.id), width: 900, height: 900 },
      ],
      merged_ids: [],
      merged_into_id: null,
      deleted: false,
    });
  });

  it('says of an unknown id null, and of an id that is none an error', async () => {
    await using box = await startStashBox();
    expect((await ask(box, `{ findPerformer(id: "${uuidOf('nobody')}") { id } }`)).body).toEqual({
      data: { findPerformer: null },
    });
    expect((await ask(box, '{ findPerformer(id: "12") { id } }')).body.errors[0].message).toMatch(/uuid/);
  });

  it('searches by part of a name or alias, by link and by id', async () => {
    const id = uuidOf('ada');
    const urls = [{ url: 'https://example.org/Ada', site: 'Example' }];
    await using box = await startStashBox({
      performers: [{ id, name: 'Ada', aliases: ['Countess'], urls }, { name: 'Bo' }],
    });
    for (const term of ['ad', 'count', 'https://EXAMPLE.org/ada', id]) {
      const { body } = await ask(
        box,
        'query ($t: String!) { searchPerformers(term: $t) { performers { id } } }',
        {
          t: term,
        },
      );
      expect(body.data.searchPerformers.performers, term).toEqual([{ id }]);
    }
  });
});

describe('paging', () => {
  const twins = Array.from({ length: 30 }, (_, i) => ({ name: 'Twin', id: uuidOf(`twin ${i}`) }));

  it('gives 25 rows when nothing is said, newest first', async () => {
    const performers = Array.from({ length: 30 }, (_, i) => ({ name: `P${i}`, created: new Date(i) }));
    await using box = await startStashBox({ performers });
    const { body } = await ask(box, '{ queryPerformers(input: {}) { count performers { name } } }');
    expect(body.data.queryPerformers.count).toBe(30);
    expect(body.data.queryPerformers.performers).toHaveLength(25);
    expect(body.data.queryPerformers.performers[0].name).toBe('P29');
  });

  it('repeats some rows with equal keys and misses others', async () => {
    await using box = await startStashBox({ performers: twins });
    const seen = [...(await pageIds(box, 1)), ...(await pageIds(box, 2)), ...(await pageIds(box, 3))];
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBeLessThan(30);
  });

  it('gives the same page again until an edit, which stirs rows with equal keys', async () => {
    await using box = await startStashBox({ performers: twins });
    const before = await pageIds(box, 1);
    expect(await pageIds(box, 1)).toEqual(before);
    box.addPerformer({ name: 'Zoe' });
    expect(await pageIds(box, 1)).not.toEqual(before);
  });

  it('shifts rows when someone is edited or leaves in the middle of a scan', async () => {
    const performers = 'ABCDEF'.split('').map((name) => ({ name, id: uuidOf(name) }));
    await using box = await startStashBox({ performers });
    const first = await pageIds(box, 1, 3);
    box.destroy(uuidOf('A'));
    const second = await pageIds(box, 2, 3);
    expect(first).toEqual(['A', 'B', 'C'].map(uuidOf));
    expect(second).toEqual(['E', 'F'].map(uuidOf));
  });
});

describe('edits', () => {
  const [ada, bo, cy] = [uuidOf('ada'), uuidOf('bo'), uuidOf('cy')];
  const three: StashBoxOptions = {
    performers: [
      { id: ada, name: 'Ada', created: new Date(1) },
      {
        id: bo,
        name: 'Bo',
        created: new Date(2),
        aliases: ['B'],
        tattoos: [{ location: 'arm', description: null }],
      },
      { id: cy, name: 'Cy', created: new Date(3) },
    ],
    clock: () => new Date(1000),
  };

  it('bring a performer to the front by UPDATED_AT', async () => {
    await using box = await startStashBox(three);
    box.edit(ada, { aliases: ['Countess'] });
    expect(await pageIds(box, 1, 10, 'sort: UPDATED_AT, direction: DESC')).toEqual([ada, cy, bo]);
  });

  it('take a destroyed performer out of queries; found by id it is deleted and bare', async () => {
    await using box = await startStashBox(three);
    box.destroy(bo);
    expect(await pageIds(box, 1)).toEqual([ada, cy]);
    const { body } = await ask(
      box,
      `{ findPerformer(id: "${bo}") { name deleted aliases tattoos { location } merged_into_id } }`,
    );
    const bare = { name: 'Bo', deleted: true, aliases: [], tattoos: null, merged_into_id: null };
    expect(body.data.findPerformer).toEqual(bare);
  });

  it('keep redirects flat when a merge target is merged itself', async () => {
    await using box = await startStashBox(three);
    box.merge(ada, bo);
    box.merge(bo, cy);
    const { body } = await ask(
      box,
      `{ a: findPerformer(id: "${ada}") { merged_into_id } b: findPerformer(id: "${bo}") { merged_into_id merged_ids }
         c: findPerformer(id: "${cy}") { merged_ids } }`,
    );
    expect(body.data).toEqual({
      a: { merged_into_id: cy },
      b: { merged_into_id: cy, merged_ids: [] },
      c: { merged_ids: [bo, ada] },
    });
  });

  it('are listed by operation, newest first, with target and merge sources', async () => {
    await using box = await startStashBox(three);
    box.destroy(ada);
    box.merge(bo, cy);
    const edits = async (operation: string) =>
      (
        await ask(
          box,
          `{ queryEdits(input: { target_type: PERFORMER, operation: ${operation}, applied: true, sort: CLOSED_AT }) {
            count edits { target { ... on Performer { id deleted } } merge_sources { ... on Performer { id } } closed }
          } }`,
        )
      ).body.data.queryEdits;
    const closed = '1970-01-01T00:00:01.000Z';
    expect(await edits('DESTROY')).toEqual({
      count: 1,
      edits: [{ target: { id: ada, deleted: true }, merge_sources: [], closed }],
    });
    expect((await edits('MERGE')).edits).toEqual([
      { target: { id: cy, deleted: false }, merge_sources: [{ id: bo }], closed },
    ]);
  });
});

describe('a picture', () => {
  it('is served to anyone in any size, to be kept for long', async () => {
    await using box = await startStashBox({ images: [PICTURE] });
    const response = await fetch(`${box.imageUrl(PICTURE.id)}?size=full`);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('cache-control')).toContain('max-age=31536000');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(JPEG);
    const again = await fetch(box.imageUrl(PICTURE.id), {
      headers: { 'If-None-Match': response.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('is 404 when missing, 429 as often as told, cut short when told', async () => {
    const throttled = { kind: 'throttled', times: 1, retryAfterS: 3 } as const;
    await using box = await startStashBox({
      images: [
        { ...PICTURE, id: 'gone', fault: { kind: 'missing' } },
        { ...PICTURE, id: 'busy', fault: throttled },
        { ...PICTURE, id: 'short', fault: { kind: 'truncated', atByte: 100 } },
      ],
    });
    expect((await fetch(box.imageUrl('nobody'))).status).toBe(404);
    expect((await fetch(box.imageUrl('gone'))).status).toBe(404);
    const busy = await fetch(box.imageUrl('busy'));
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await fetch(box.imageUrl('busy'))).status).toBe(200);
    await expect(fetch(box.imageUrl('short')).then((response) => response.arrayBuffer())).rejects.toThrow();
  });
});

describe('a failure on order', () => {
  it('is given to the next requests of its scope, then all is well again', async () => {
    await using box = await startStashBox({ images: [PICTURE] });
    box.failNext(htmlPage(502), 2, 'graphql');
    box.failNext(tooManyRequests(7), 1, 'images');
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      statuses.push((await fetch(box.url, { method: 'POST', body: '{"query":"{ me { id } }"}' })).status);
    }
    const picture = await fetch(box.imageUrl(PICTURE.id));
    expect(statuses).toEqual([502, 502, 200]);
    expect([picture.status, picture.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('can be errors inside GraphQL, an unknown field, or no answer', async () => {
    await using box = await startStashBox();
    box.failNext(graphqlErrors('Internal system error'));
    box.failNext(unknownField('Performer', 'merged_into_id'));
    box.failNext(hangUp);
    expect((await ask(box, '{ me { id } }')).body.errors[0].message).toBe('Internal system error');
    expect((await ask(box, '{ me { id } }')).status).toBe(422);
    await expect(ask(box, '{ me { id } }')).rejects.toThrow();
  });
});

it('keeps a log of requests without keys', async () => {
  await using box = await startStashBox({ images: [PICTURE], apiKey: 'a-secret' });
  await ask(box, '{ version { version } }');
  await fetch(box.imageUrl(PICTURE.id), { headers: { 'User-Agent': 'the-test' } });
  expect(box.requests.count()).toBe(2);
  expect(box.requests.count('/images/')).toBe(1);
  expect(box.requests.records[0]).toMatchObject({ path: '/graphql', hadKey: true });
  expect(box.requests.records[1]).toMatchObject({ userAgent: 'the-test', hadKey: false });
  expect(JSON.stringify(box.requests.records)).not.toContain('a-secret');
});

async function ask(
  box: StashBox,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = { ApiKey: box.apiKey },
) {
  const response = await fetch(box.url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function pageIds(box: StashBox, page: number, perPage = 10, order = 'sort: NAME, direction: ASC') {
  const input = `{ page: ${page}, per_page: ${perPage}, ${order} }`;
  const { body } = await ask(box, `{ queryPerformers(input: ${input}) { performers { id } } }`);
  const performers: { id: string }[] = body.data.queryPerformers.performers;
  return performers.map(({ id }) => id);
}
