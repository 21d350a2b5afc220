import { configSchema } from '@trainer/contract/config';
import { limits } from '@trainer/contract/limits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { changedFields } from './save-config.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const put = (body: object, revision?: number) =>
  app.as('admin')('PUT /api/config', {
    headers: { 'if-match': revision === undefined ? undefined : `"${revision}"` },
    body,
  });
const get = () => app.as('read')('GET /api/config');
const putYaml = (text: string, revision = 0) =>
  app.request('/api/config.yaml', {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${app.tokens.admin}`,
      'content-type': 'application/yaml',
      'if-match': `"${revision}"`,
    },
    body: text,
  });

describe('the configuration', () => {
  it('is all defaults, at revision 0, before anybody decided anything', async () => {
    expect(await get()).toEqual({ ...configSchema.parse({}), revision: 0 });
  });

  it('keeps what was decided, and goes on following the defaults for the rest', async () => {
    const saved = await put({ sources: { stashdb: { rate_limit: 60 } } }, 0);
    expect(saved.sources.stashdb).toMatchObject({ rate_limit: 60, max_faces: 5 });
    expect(saved).toEqual(await get());
    const { rows } = await app.deps.db.$client.execute('SELECT input FROM config_revisions');
    expect(rows.map(({ input }) => JSON.parse(String(input)))).toEqual([
      { sources: { stashdb: { rate_limit: 60 } } },
    ]);
  });

  it('is given with the entity tag that If-Match wants', async () => {
    await put({ faces: { min_face_px: 90 } }, 0);
    const headers = { authorization: `Bearer ${app.tokens.read}` };
    expect((await app.request('/api/config', { headers })).headers.get('etag')).toBe('"1"');
  });

  it('is not changed by a caller that has not read the newest revision', async () => {
    await expect(put({})).rejects.toMatchObject({
      status: 428,
      code: 'revision_required',
      message: expect.stringContaining('If-Match: "0"'),
    });
    await put({}, 0);
    await expect(put({}, 0)).rejects.toMatchObject({
      status: 412,
      code: 'revision_changed',
      message: expect.stringContaining('is 1, and you have changed 0'),
    });
  });

  it('takes one of many that are saved at once', async () => {
    const saves = await Promise.allSettled([1, 2, 3, 4, 5].map(() => put({ faces: { min_face_px: 99 } }, 0)));
    expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await get()).revision).toBe(1);
  });

  it('names every wrong field', async () => {
    const body = { sources: { stashdb: { rate_limit: 'fast' }, nowhere: {} }, faces: { min_face_px: 1 } };
    const response = await app.request('/api/config', {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${app.tokens.admin}`,
        'content-type': 'application/json',
        'if-match': '"0"',
      },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    const { errors } = await problemOf(response);
    expect(errors?.map(({ field }) => field).sort()).toEqual([
      'faces.min_face_px',
      'sources.nowhere',
      'sources.stashdb.rate_limit',
    ]);
    expect((await get()).revision).toBe(0);
  });

  it.each([
    ['', 'must not be blank'],
    ['   ', 'must not be blank'],
    ['trainer 🙂', 'printable characters of Latin-1'],
    ['trainer\r\nx-evil: 1', 'printable characters of Latin-1'],
    ['trainer\u0085', 'printable characters of Latin-1'],
    ['тренер', 'printable characters of Latin-1'],
  ])('refuses the user agent %j, which no request could carry', async (user_agent, sentence) => {
    await expect(put({ user_agent }, 0)).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'user_agent', message: expect.stringContaining(sentence) }],
    });
    const yaml = await problemOf(await putYaml(`user_agent: ${JSON.stringify(user_agent)}\n`));
    expect(yaml.errors?.[0]?.message).toContain(sentence);
  });

  it('takes a user agent with signs of Latin-1, and still reads one that was stored before', async () => {
    await put({ user_agent: 'Trainer von Jürgen' }, 0);
    await app.deps.db.$client.execute({
      sql: 'UPDATE config_revisions SET input = ?',
      args: [JSON.stringify({ user_agent: 'тренер' })],
    });
    expect(await get()).toMatchObject({ revision: 1, user_agent: 'тренер' });
  });

  it('remembers who changed what, and how it was', async () => {
    await put({ faces: { min_face_px: 90 } }, 0);
    await put({ faces: { min_face_px: 91 }, sources: { iafd: { enabled: true } } }, 1);
    const history = await app.as('read')('GET /api/config/revisions', { query: {} });
    expect(history).toMatchObject([
      { revision: 2, actor: 'test admin', changed: ['faces.min_face_px', 'sources.iafd.enabled'] },
      { revision: 1, changed: ['faces.min_face_px'] },
    ]);
    const old = await app.as('read')('GET /api/config/revisions/{revision}', { params: { revision: 1 } });
    expect(old).toMatchObject({ revision: 1, faces: { min_face_px: 90 } });
    await expect(
      app.as('read')('GET /api/config/revisions/{revision}', { params: { revision: 9 } }),
    ).rejects.toMatchObject({ code: 'not_found', message: 'The configuration has no revision 9.' });
  });
});

describe('the configuration as YAML', () => {
  it('comes back as the same configuration', async () => {
    await put({ sources: { freeones: { trust_level: 'low', gender_filter: null } } }, 0);
    const response = await app.request('/api/config.yaml', {
      headers: { authorization: `Bearer ${app.tokens.read}` },
    });
    const text = await response.text();
    expect(text).toMatch(/^# Configuration of stash-sense-trainer, revision 1\./);
    expect(text).toMatch(/ {2}# FreeOnes\n {2}freeones:\n {4}enabled: false/);
    expect((await putYaml(text, 1)).status).toBe(200);
    const { revision, ...config } = await get();
    expect(revision).toBe(2);
    expect(config.sources.freeones).toMatchObject({ trust_level: 'low', gender_filter: null });
    const [newest] = await app.as('read')('GET /api/config/revisions', { query: {} });
    expect(newest?.changed).toEqual([]);
  });

  it('may leave everything out', async () => {
    expect((await putYaml('{} # nothing yet\n')).status).toBe(200);
  });

  it.each(['', ' \n', '# nothing yet\n', '---\n...\n', 'null'])(
    'does not take %j for a wish to lose everything',
    async (text) => {
      await put({ faces: { min_face_px: 90 } }, 0);
      const response = await putYaml(text, 1);
      expect(await problemOf(response)).toMatchObject({
        status: 400,
        detail: '(body): holds no configuration; send {} to set every field back to its default.',
      });
      expect(await get()).toMatchObject({ revision: 1, faces: { min_face_px: 90 } });
    },
  );

  it.each([
    ['unknown fields', (at: number) => `k${at}: 1`, 'k0', 'is not a known field (line 1)'],
    ['repeated keys', () => 'faces: {}', 'line 2', 'Map keys must be unique'],
    ['mistakes of syntax', () => '}', 'line 1', ''],
  ])('names twenty of thousands of %s', async (_, line, field, message) => {
    const lines = Array.from({ length: 10_000 }, (_, at) => line(at));
    const response = await putYaml(lines.join('\n'));
    expect(response.status).toBe(400);
    const { errors, detail } = await problemOf(response);
    expect(errors).toHaveLength(20);
    expect(errors?.[0]).toMatchObject({ field, message: expect.stringContaining(message) });
    expect(detail).toMatch(/; and 99\d\d more\.$|; and \d{4,5} more\.$/);
    expect(detail.length).toBeLessThan(10_000);
  });

  it('refuses more than any configuration can need before it is parsed', async () => {
    const response = await putYaml(Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`).join('\n'));
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'too_large' });
  });

  it.each(['[', '{a: ', '- ', '? ', '&a '])('refuses %j over and over', async (opening) => {
    const response = await putYaml(opening.repeat(Math.floor(limits.yamlMaxLength / opening.length)));
    expect(response.status).toBe(400);
    expect((await problemOf(response)).detail.length).toBeLessThan(15_000);
  });

  it.each([
    ['sources:\n  stashdb:\n    rate_limit: fast\n', 'sources.stashdb.rate_limit', /\(line 3\)$/],
    ['faces:\n  min_face_px: 80\n  colour: red\n', 'faces.colour', /is not a known field \(line 3\)$/],
    ['sources:\n  stashdb: 5\n', 'sources.stashdb', /\(line 2\)$/],
    ['faces:\n  min_face_px: 80\n  min_face_px: 90\n', 'line 3', /unique/],
    ['faces: [1, 2\n', 'line 2', /./],
    ['- a\n- b\n', '(body)', /object/],
  ])('%j is refused with field and line', async (text, field, message) => {
    const response = await putYaml(text);
    expect(response.status).toBe(400);
    const { errors } = await problemOf(response);
    expect(errors?.[0]?.field).toBe(field);
    expect(errors?.[0]?.message).toMatch(message);
  });

  it('refuses aliases that multiply', async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
    const response = await putYaml(['l0: &l0 [lol]', ...levels].join('\n'));
    expect(response.status).toBe(400);
    expect((await problemOf(response)).detail).toContain('alias');
  });
});

describe('changed fields', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2 }, ['a']],
    [{ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, ['a.b.c']],
    [{ a: null }, { a: 'x' }, ['a']],
    [{ a: [1] }, { a: [1, 2] }, ['a']],
    [{}, { a: 1 }, ['a']],
  ])('of %j and %j are %j', (before, after, paths) => {
    expect(changedFields(before, after)).toEqual(paths);
  });
});
