import { limits } from '@trainer/contract/limits';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const start = (body: string | Uint8Array<ArrayBuffer> | ReadableStream, contentType = 'application/json') =>
  app.request('/api/build/start', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.tokens.trigger}`,
      ...(contentType && { 'content-type': contentType }),
    },
    body,
    duplex: 'half',
  } as RequestInit);

/** A body whose length nobody announces. */
function streamed(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      const size = Math.min(left, 64 * 1024);
      left -= size;
      controller.enqueue(new Uint8Array(size).fill(32));
    },
  });
}

describe('a body', () => {
  it.each([
    ['that is not JSON', '{"sources": [', 'application/json', 400, 'invalid_request', 'The body is not JSON'],
    ['that is a list', '[]', 'application/json', 400, 'invalid_request', 'expected object'],
    [
      'of another type',
      'sources=stashdb',
      'application/x-www-form-urlencoded',
      415,
      'unsupported_media',
      'must be application/json',
    ],
    ['of no type', new Uint8Array([123, 125]), '', 415, 'unsupported_media', 'says nothing in Content-Type'],
  ])('%s is refused', async (_, body, contentType, status, code, sentence) => {
    const response = await start(body, contentType);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status, code });
    expect(response.status).toBe(status);
    expect(problem.detail).toContain(sentence);
  });

  it.each([
    [
      '200,000 wrong entries',
      { sources: Array.from({ length: 200_000 }, () => 'x') },
      /^sources: Too big: expected array/,
    ],
    [
      'unknown fields',
      Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`k${at}`, 1])),
      /^k0: is not a known field; .*; and 59980 more\.$/,
    ],
    ['a field with a long name', { ['x'.repeat(500_000)]: 1 }, /^x{199}…: is not a known field\.$/],
    ['a field with an escape sequence', { '\u001b[2J': 1 }, /^␛\[2J: is not a known field\.$/],
  ])('with %s gets an answer of a few lines', async (_, body, detail) => {
    const problem = await problemOf(await start(JSON.stringify(body)));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(problem.errors?.length).toBeLessThanOrEqual(20);
    expect(problem.detail).toMatch(detail);
    expect(problem.detail.length).toBeLessThan(15_000);
  });

  it('that is nested without end is refused before anything walks it', async () => {
    const problem = await problemOf(await start(`${'['.repeat(400_000)}${']'.repeat(400_000)}`));
    expect(problem).toMatchObject({ status: 400, detail: '(body): is nested more than 32 levels deep.' });
  });

  it('that is missing counts as an empty one where that will do', async () => {
    const response = await app.request('/api/build/stop', {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.trigger}` },
    });
    expect((await problemOf(response)).code).toBe('nothing_running');
  });

  it('with another charset parameter is JSON all the same', async () => {
    expect((await start('{"sources":["stashdb"]}', 'application/json; charset=UTF-8')).status).toBe(200);
  });

  it('that says it is too large is refused', async () => {
    const response = await start(new Uint8Array(limits.jsonBodyMaxBytes + 1));
    expect(await problemOf(response)).toMatchObject({ code: 'too_large', status: 413 });
  });

  it('that grows too large is refused while it is read', async () => {
    const response = await start(streamed(limits.jsonBodyMaxBytes + 1));
    expect(await problemOf(response)).toMatchObject({ code: 'too_large', status: 413 });
    expect(await app.logged()).toEqual([]);
  });
});

describe('what a request names', () => {
  const get = (path: string) =>
    app.request(path, { headers: { authorization: `Bearer ${app.tokens.read}` } });

  it.each([
    ['/api/runs/first', 'id'],
    ['/api/runs/-1', 'id'],
    ['/api/runs?limit=many', 'limit'],
    ['/api/runs?limit=9999', 'limit'],
    ['/api/config/revisions/x', 'revision'],
  ])('%s is refused, and names %s', async (path, field) => {
    const problem = await problemOf(await get(path));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ field }] });
    expect(problem.detail).toContain(`${field}: `);
  });

  it.each(['/api', '/api/', '/api/nothing', '/api/runs/1/tasks'])('%s is not found', async (path) => {
    expect(await problemOf(await get(path))).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('a fault of ours', () => {
  it('is told with a request id, and everything else goes to the log', async () => {
    await app.deps.db.run(sql`DROP TABLE config_revisions`);
    const response = await app.request('/api/config', {
      headers: { authorization: `Bearer ${app.tokens.read}` },
    });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(problem.detail).not.toContain('config_revisions');
    expect(problem.request_id).toBe(response.headers.get('x-request-id'));
    const logged = await app.logged();
    expect(logged).toHaveLength(1);
    expect(logged[0]).not.toContain('params');
    expect(logged[0]).toMatch(/^error GET \/api\/config failed: .*no such table: config_revisions/);
  });
});
