import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { type Client, createClient, LibsqlError } from '@libsql/client/http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { libsqlClient } from '../client.ts';
import { onceCoded } from '../sqlite/errors.ts';
import { createHranaServer } from './server.ts';

const IDLE_MS = 10_000;

const answerSchema = z.object({
  baton: z.string().nullable(),
  results: z.array(z.record(z.string(), z.json())),
});

function openFile(path: string): DatabaseSync {
  const handle = new DatabaseSync(path, { timeout: 0 });
  handle.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON');
  return handle;
}

/** A server on a file of its own, called without sockets. */
function start({ authToken, setUp = '' }: { authToken?: string; setUp?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hrana-'));
  const path = join(folder, 'db');
  const idle: (() => void)[] = [];
  let opened = 0;
  let waits = 0;
  const server = createHranaServer({
    authToken,
    open: () => {
      opened += 1;
      return openFile(path);
    },
    sleep: (ms, signal) =>
      ms === IDLE_MS
        ? new Promise((resolve) => {
            idle.push(resolve);
            signal?.addEventListener('abort', () => resolve());
          })
        : waitForLock(),
  });
  function waitForLock(): Promise<void> {
    waits += 1;
    return setTimeout(1);
  }
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const handle = openFile(path);
  handle.exec(setUp);
  const file = libsqlClient(handle, () => setTimeout(1));
  onTestFinished(() => file.close());
  const connect = (intMode: 'number' | 'bigint' = 'number'): Client =>
    createClient({ url: 'http://database.test', authToken, fetch: server.fetch, intMode });
  const post = (body: string, init: RequestInit = {}) =>
    server.fetch(new Request('http://database.test/v2/pipeline', { method: 'POST', body, ...init }));
  /** Sends a pipeline as it is, which must be answered. */
  const send = async (
    requests: object[],
    { baton, ...init }: RequestInit & { baton?: string | null } = {},
  ) => {
    const response = await post(JSON.stringify({ baton, requests }), init);
    expect(response.status).toBe(200);
    return answerSchema.parse(await response.json());
  };
  return {
    server,
    client: connect(),
    connect,
    /** The same database, opened as a file. */
    file,
    post,
    send,
    opened: () => opened,
    /** How often anybody has waited for the write lock. */
    waits: () => waits,
    /** Ten seconds pass for every stream that waits. */
    letIdleTimePass: () => {
      for (const wake of idle.splice(0)) wake();
      return setTimeout(0);
    },
  };
}

const execute = (sql: string, args: object[] = []) => ({ type: 'execute', stmt: { sql, args } });
const numbersIn = async (client: Client) => {
  const { rows } = await client.execute('SELECT number FROM numbers ORDER BY number');
  return rows.map(({ number }) => number);
};
/** Comparing bytes one by one takes seconds. */
const bytesAsText = (value: unknown) =>
  value instanceof ArrayBuffer || value instanceof Uint8Array
    ? `blob ${Buffer.from(new Uint8Array(value)).toString('hex')}`
    : value;
const NUMBERS = 'CREATE TABLE numbers (number INTEGER PRIMARY KEY, word TEXT UNIQUE) STRICT';

describe('values over HTTP', () => {
  it.each([
    ['null', null],
    ['the largest integer', 9_223_372_036_854_775_807n],
    ['the smallest integer', -9_223_372_036_854_775_808n],
    ['an integer that a double cannot hold', 9_007_199_254_740_993n],
    ['a small fraction', 5e-324],
    ['a text with everything in it', 'a\0b "ü" 😀\r\n'],
    ['an empty text', ''],
    ['an empty blob', new Uint8Array()],
    ['every byte', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
    ['a megabyte', new Uint8Array(1_048_576).fill(0xfb)],
  ])('come back as they went: %s', async (_, value) => {
    const { connect } = start({ setUp: 'CREATE TABLE held (value)' });
    const client = connect('bigint');
    await client.execute({ sql: 'INSERT INTO held VALUES (?)', args: [value] });
    const { rows } = await client.execute('SELECT value FROM held');
    expect(bytesAsText(rows[0]?.value)).toBe(bytesAsText(value));
  });

  it('take blobs with and without padding, and give them without, as sqld does', async () => {
    const { send } = start();
    for (const base64 of ['+/8=', '+/8']) {
      const { results } = await send([
        execute('SELECT ?, hex(?)', [
          { type: 'blob', base64 },
          { type: 'blob', base64 },
        ]),
      ]);
      expect(results).toMatchObject([
        {
          response: {
            result: {
              rows: [
                [
                  { type: 'blob', base64: '+/8' },
                  { type: 'text', value: 'FBFF' },
                ],
              ],
            },
          },
        },
      ]);
    }
    const { results } = await send([execute('SELECT ?', [{ type: 'blob', base64: '%' }])]);
    expect(results).toMatchObject([{ error: { code: 'ARGS_INVALID' } }]);
  });

  it('are bound by every way of naming them', async () => {
    const { client } = start();
    const { rows } = await client.execute({
      sql: 'SELECT :one, @two, $three, :four',
      args: { ':one': 1, two: 'two', $three: null, four: 4.5 },
    });
    expect(Array.from(rows[0] ?? [])).toEqual([1, 'two', null, 4.5]);
  });

  it('are never Infinity, neither there nor back', async () => {
    const { client, post } = start();
    const sent = await post(
      '{"requests":[{"type":"execute","stmt":{"sql":"SELECT ?","args":[{"type":"float","value":1e999}]}}]}',
    );
    expect(sent.status).toBe(400);
    expect(await sent.json()).toMatchObject({
      message: expect.stringMatching(/requests\.0\.stmt\.args\.0\.value: expected a finite number/),
    });
    await expect(client.execute('SELECT 9e999')).rejects.toMatchObject({
      code: 'VALUE_NOT_FINITE',
      message: expect.stringMatching(/Infinity.*CAST/),
    });
  });
});

describe('a statement over HTTP', () => {
  it('tells how many rows it has changed and the new row id, also when it returns rows', async () => {
    const { client } = start({ setUp: NUMBERS });
    const run = async (sql: string) => {
      const { rowsAffected, lastInsertRowid, rows } = await client.execute(sql);
      return [rowsAffected, lastInsertRowid, rows.length];
    };
    expect(await run("INSERT INTO numbers VALUES (5, 'five'), (6, 'six')")).toEqual([2, 6n, 0]);
    expect(await run("INSERT INTO numbers VALUES (7, 'seven') RETURNING number")).toEqual([1, 7n, 1]);
    expect(await run('-- all\nUPDATE numbers SET word = word || number RETURNING *')).toEqual([
      3,
      undefined,
      3,
    ]);
    expect(
      await run('WITH odd AS (SELECT 5 AS n) DELETE FROM numbers WHERE number IN (SELECT n FROM odd)'),
    ).toEqual([1, undefined, 0]);
    expect(await run('SELECT * FROM numbers')).toEqual([0, undefined, 2]);
    expect(await run("WITH n AS (SELECT replace('a', 'b', 'c')) SELECT * FROM n")).toEqual([0, undefined, 1]);
    expect(await run('CREATE TABLE others (x)')).toEqual([0, undefined, 0]);
  });

  it('names its columns and their declared types', async () => {
    const { client } = start({ setUp: NUMBERS });
    const { columns, columnTypes } = await client.execute('SELECT number, word AS text, 1 + 1 FROM numbers');
    expect(columns).toEqual(['number', 'text', '1 + 1']);
    expect(columnTypes).toEqual(['INTEGER', 'TEXT', '']);
  });

  it.each([
    ['a value that is there already', "INSERT INTO numbers VALUES (2, 'one')"],
    ['a row that nobody refers to', 'INSERT INTO references_numbers VALUES (99)'],
    ['a value of another type', "INSERT INTO numbers VALUES ('x', 'x')"],
    ['bad syntax', 'SELEC 1'],
    ['a table that is not there', 'SELECT * FROM nothing'],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['no statement', '-- nothing'],
  ])('fails with the error that a file gives: %s', async (_, sql) => {
    const { client, file } = start({
      setUp: `${NUMBERS}; CREATE TABLE references_numbers (number REFERENCES numbers);
        INSERT INTO numbers VALUES (1, 'one')`,
    });
    const errorOf = (of: Client) =>
      of.execute(sql).then(
        () => 'none',
        (error) => [error.name, error.code, error.message],
      );
    const expected = await errorOf(file);
    expect(expected).toEqual(['LibsqlError', expect.any(String), expect.any(String)]);
    expect(await errorOf(client)).toEqual(expected);
  });

  it('fails when it gets values by position and by name', async () => {
    const { send } = start();
    const value = { type: 'null' };
    const stmt = { sql: 'SELECT ?, :a', args: [value], named_args: [{ name: 'a', value }] };
    expect((await send([{ type: 'execute', stmt }])).results).toMatchObject([
      { error: { code: 'ARGS_BOTH_POSITIONAL_AND_NAMED' } },
    ]);
  });

  it('gives the columns of now after a table has changed', async () => {
    const { client, file } = start({ setUp: `${NUMBERS}; INSERT INTO numbers VALUES (1, 'one')` });
    expect((await client.execute('SELECT * FROM numbers')).columns).toEqual(['number', 'word']);
    await file.execute('ALTER TABLE numbers ADD COLUMN extra TEXT');
    const { columns, rows } = await client.execute('SELECT * FROM numbers');
    expect(columns).toEqual(['number', 'word', 'extra']);
    expect(rows).toEqual([{ number: 1, word: 'one', extra: null }]);
  });

  it('is described', async () => {
    const { send } = start({ setUp: NUMBERS });
    const sql = "SELECT word, '?' FROM numbers WHERE number = ? AND word IN (:word, ?4, :word) -- ?";
    const { results } = await send([
      { type: 'describe', sql },
      { type: 'describe', sql: 'EXPLAIN DELETE FROM numbers' },
      { type: 'describe', sql: 'DELETE FROM numbers' },
    ]);
    expect(results).toMatchObject([
      {
        response: {
          result: {
            params: [{ name: null }, { name: ':word' }, { name: null }, { name: '?4' }],
            cols: [
              { name: 'word', decltype: 'TEXT' },
              { name: "'?'", decltype: null },
            ],
            is_explain: false,
            is_readonly: true,
          },
        },
      },
      { response: { result: { is_explain: true, is_readonly: true } } },
      { response: { result: { params: [], cols: [], is_explain: false, is_readonly: false } } },
    ]);
  });

  it('may be stored on the stream and named from then on', async () => {
    const { send } = start();
    const { results } = await send([
      { type: 'store_sql', sql_id: 7, sql: 'SELECT 7 AS seven' },
      { type: 'execute', stmt: { sql_id: 7 } },
      { type: 'sequence', sql_id: 7 },
      { type: 'close_sql', sql_id: 7 },
      { type: 'execute', stmt: { sql_id: 7 } },
      { type: 'execute', stmt: {} },
    ]);
    expect(results).toMatchObject([
      { type: 'ok' },
      { type: 'ok', response: { result: { rows: [[{ type: 'integer', value: '7' }]] } } },
      { type: 'ok' },
      { type: 'ok' },
      { type: 'error', error: { code: 'SQL_NOT_FOUND', message: expect.stringContaining('sql_id 7') } },
      { type: 'error', error: { code: 'SQL_NOT_FOUND' } },
    ]);
  });
});

describe('several statements over HTTP', () => {
  it('leave nothing behind when one of a batch fails', async () => {
    const { client } = start({ setUp: NUMBERS });
    const batch = client.batch(
      ["INSERT INTO numbers VALUES (1, 'a')", "INSERT INTO numbers VALUES (2, 'a')", 'DELETE FROM numbers'],
      'write',
    );
    await expect(batch).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT', statementIndex: 1 });
    expect(await numbersIn(client)).toEqual([]);
    const results = await client.batch([
      ["INSERT INTO numbers VALUES (?, 'a')", [1]],
      'SELECT count(*) AS count FROM numbers',
    ]);
    expect(results[1]?.rows).toEqual([{ count: 1 }]);
  });

  it('run under conditions', async () => {
    const { send } = start({ setUp: NUMBERS });
    const ok = { type: 'ok', step: 0 };
    const failed = { type: 'ok', step: 1 };
    const conditions = [
      ['ok', ok, true],
      ['ok', failed, false],
      ['error', { type: 'error', step: 0 }, false],
      ['error', { type: 'error', step: 1 }, true],
      ['not', { type: 'not', cond: failed }, true],
      ['and', { type: 'and', conds: [ok, failed] }, false],
      ['and of nothing', { type: 'and', conds: [] }, true],
      ['or', { type: 'or', conds: [failed, ok] }, true],
      ['or of nothing', { type: 'or', conds: [] }, false],
      ['is_autocommit', { type: 'is_autocommit' }, true],
      ['error of what was skipped', { type: 'error', step: 3 }, false],
    ] as const;
    const steps = conditions.map(([name, condition]) => ({ condition, stmt: { sql: `SELECT '${name}'` } }));
    const { results } = await send([
      {
        type: 'batch',
        batch: {
          steps: [
            { stmt: { sql: 'BEGIN' } },
            { stmt: { sql: 'SELEC' } },
            { stmt: { sql: 'COMMIT' } },
            ...steps,
          ],
        },
      },
    ]);
    const { step_results: done } = z
      .object({ response: z.object({ result: z.object({ step_results: z.array(z.unknown()) }) }) })
      .parse(results[0]).response.result;
    expect(done.slice(3).map((result) => result !== null)).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it('may not look at a step that comes later', async () => {
    const { send } = start();
    const steps = [{ condition: { type: 'ok', step: 1 }, stmt: { sql: 'SELECT 1' } }];
    expect((await send([{ type: 'batch', batch: { steps } }])).results).toMatchObject([
      { error: { code: 'BATCH_COND_INVALID', message: expect.stringContaining('step 1') } },
    ]);
  });

  it('of one text run until one fails', async () => {
    const { client } = start({ setUp: NUMBERS });
    await client.executeMultiple("; INSERT INTO numbers VALUES (1, ';'); /* ; */ SELECT 1; -- the end");
    await expect(
      client.executeMultiple(
        'INSERT INTO numbers VALUES (2, NULL); SELEC; INSERT INTO numbers VALUES (3, NULL)',
      ),
    ).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
    expect(await numbersIn(client)).toEqual([1, 2]);
  });

  it('of a migration may break references on the way, and no other caller may', async () => {
    const { client } = start({
      setUp: `${NUMBERS}; CREATE TABLE others (number REFERENCES numbers);
        INSERT INTO numbers VALUES (1, NULL); INSERT INTO others VALUES (1)`,
    });
    const remake = ['DROP TABLE numbers', NUMBERS, 'INSERT INTO numbers VALUES (1, NULL)'];
    await client.migrate(remake);
    expect(await numbersIn(client)).toEqual([1]);
    await expect(client.batch(remake)).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' });
  });
});

describe('a transaction over several requests', () => {
  it('is seen by others once it is committed', async () => {
    const { client } = start({ setUp: NUMBERS });
    const transaction = await client.transaction('write');
    await transaction.execute("INSERT INTO numbers VALUES (1, 'one')");
    await transaction.batch([{ sql: "INSERT INTO numbers VALUES (?, 'two')", args: [2] }]);
    expect((await transaction.execute('SELECT count(*) AS count FROM numbers')).rows).toEqual([{ count: 2 }]);
    expect(await numbersIn(client)).toEqual([]);
    await transaction.commit();
    expect(await numbersIn(client)).toEqual([1, 2]);
  });

  it('leaves nothing when it is rolled back or closed', async () => {
    const { client } = start({ setUp: NUMBERS });
    for (const end of ['rollback', 'close'] as const) {
      const transaction = await client.transaction('write');
      await transaction.execute("INSERT INTO numbers VALUES (1, 'one')");
      await transaction[end]();
      expect(transaction.closed).toBe(true);
    }
    expect(await numbersIn(client)).toEqual([]);
    await client.execute("INSERT INTO numbers VALUES (2, 'two')");
  });

  it('reads one state and may not write when it was begun so', async () => {
    const { client } = start({ setUp: NUMBERS });
    const reader = await client.transaction('read');
    await reader.execute('SELECT * FROM numbers');
    await client.execute('INSERT INTO numbers VALUES (1, NULL)');
    expect((await reader.execute('SELECT * FROM numbers')).rows).toEqual([]);
    await expect(reader.execute('DELETE FROM numbers')).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
    await reader.commit();
    await expect(client.batch(['DELETE FROM numbers'], 'read')).rejects.toMatchObject({
      code: 'SQLITE_READONLY',
    });
    expect((await client.batch(['SELECT number FROM numbers'], 'read'))[0]?.rows).toEqual([{ number: 1 }]);
    await client.execute('DELETE FROM numbers');
    expect(await numbersIn(client)).toEqual([]);
  });

  it('is rolled back after 10 s without a request, and says so', async () => {
    const { client, letIdleTimePass } = start({ setUp: NUMBERS });
    const transaction = await client.transaction('write');
    await transaction.execute("INSERT INTO numbers VALUES (1, 'one')");
    await letIdleTimePass();
    await client.execute("INSERT INTO numbers VALUES (2, 'two')");
    await expect(transaction.commit()).rejects.toMatchObject({
      code: 'STREAM_EXPIRED',
      message: expect.stringMatching(/rolled back after 10 s without a request: begin again/),
    });
    expect(await numbersIn(client)).toEqual([2]);
  });

  it('takes each request with the baton of the answer before', async () => {
    const { client, send } = start({ setUp: NUMBERS });
    const first = await send([execute('BEGIN IMMEDIATE'), { type: 'get_autocommit' }]);
    expect(first.results[1]).toMatchObject({ response: { is_autocommit: false } });
    const second = await send([execute('INSERT INTO numbers VALUES (1, NULL)')], { baton: first.baton });
    const { baton, results } = await send(
      [execute('COMMIT'), { type: 'close' }, { type: 'get_autocommit' }],
      {
        baton: second.baton,
      },
    );
    expect(baton).toBeNull();
    expect(results).toMatchObject([{ type: 'ok' }, { type: 'ok' }, { error: { code: 'STREAM_CLOSED' } }]);
    expect(await numbersIn(client)).toEqual([1]);
  });

  it('is reached by its newest baton alone', async () => {
    const { post, send } = start();
    const first = await send([execute('BEGIN')]);
    await send([], { baton: first.baton });
    for (const baton of [first.baton, 'made-up']) {
      const refused = await post(JSON.stringify({ baton, requests: [] }));
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ code: 'STREAM_EXPIRED' });
    }
  });

  it('is rolled back at once when its caller has gone before the answer', async () => {
    const { client, send } = start({ setUp: NUMBERS });
    const caller = new AbortController();
    const sent = send([execute('BEGIN IMMEDIATE'), execute('INSERT INTO numbers VALUES (1, NULL)')], {
      signal: caller.signal,
    });
    caller.abort();
    expect((await sent).baton).toBeNull();
    await client.execute('INSERT INTO numbers VALUES (2, NULL)');
    expect(await numbersIn(client)).toEqual([2]);
  });
});

describe('callers at the same time', () => {
  it('read while a stream holds the write lock, and write once it has ended', async () => {
    const { client } = start({ setUp: NUMBERS });
    const transaction = await client.transaction('write');
    await transaction.execute('INSERT INTO numbers VALUES (1, NULL)');
    const writes = [2, 3, 4].map((number) =>
      client.batch([{ sql: 'INSERT INTO numbers VALUES (?, NULL)', args: [number] }], 'write'),
    );
    expect(await numbersIn(client)).toEqual([]);
    await setTimeout(20);
    await transaction.commit();
    await Promise.all(writes);
    expect(await numbersIn(client)).toEqual([1, 2, 3, 4]);
  });

  it('wait for the write lock for 10 s at most', async () => {
    const { client } = start({ setUp: NUMBERS });
    const transaction = await client.transaction('write');
    await transaction.execute('INSERT INTO numbers VALUES (1, NULL)');
    await expect(client.execute('DELETE FROM numbers')).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    await transaction.commit();
    expect(await numbersIn(client)).toEqual([1]);
  });

  it('are told at once when what they have read is no longer the newest', async () => {
    const { client, send, waits } = start({ setUp: NUMBERS });
    const { baton } = await send([execute('BEGIN'), execute('SELECT * FROM numbers')]);
    await client.execute('INSERT INTO numbers VALUES (1, NULL)');
    const { results } = await send([execute('INSERT INTO numbers VALUES (2, NULL)')], { baton });
    expect(results).toMatchObject([{ error: { code: 'SQLITE_BUSY' } }]);
    expect(waits()).toBe(0);
  });

  it('stop waiting for the lock when they go', async () => {
    const { client, send } = start({ setUp: NUMBERS });
    const transaction = await client.transaction('write');
    await transaction.execute('INSERT INTO numbers VALUES (1, NULL)');
    const caller = new AbortController();
    const gone = send([execute('INSERT INTO numbers VALUES (2, NULL)')], { signal: caller.signal });
    await setTimeout(5);
    caller.abort();
    expect((await gone).results).toMatchObject([{ error: { code: 'SQLITE_BUSY' } }]);
    await transaction.commit();
    expect(await numbersIn(client)).toEqual([1]);
  });

  it('lose nothing and get nothing twice: 48 claims, and two writers with batches', async () => {
    const { connect } = start({ setUp: NUMBERS });
    const client = connect();
    await client.batch(
      Array.from({ length: 48 }, (_, number) => `INSERT INTO numbers VALUES (${number}, NULL)`),
    );
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        connect().execute({
          sql: `UPDATE numbers SET word = ? WHERE number =
            (SELECT number FROM numbers WHERE word IS NULL LIMIT 1) AND word IS NULL RETURNING number`,
          args: [`claimer ${index}`],
        }),
      ),
    );
    const claimed = claims.flatMap(({ rows }) => rows.map(({ number }) => number));
    expect(claimed.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 48 }, (_, n) => n),
    );
    const write = async (from: number) => {
      for (let number = from; number < from + 50; number++) {
        await connect().batch(
          ['UPDATE numbers SET word = word', { sql: 'INSERT INTO numbers VALUES (?, NULL)', args: [number] }],
          'write',
        );
      }
    };
    await Promise.all([write(100), write(200)]);
    expect(await numbersIn(client)).toHaveLength(148);
  });

  it('do not see what another has set on its connection', async () => {
    const { client, opened } = start({
      setUp: `${NUMBERS}; CREATE TABLE others (number REFERENCES numbers)`,
    });
    await client.execute('PRAGMA foreign_keys = OFF');
    await client.executeMultiple('PRAGMA foreign_keys = OFF');
    await client.execute('CREATE TEMP TABLE hidden (x)');
    await expect(client.execute('SELECT * FROM hidden')).rejects.toThrow(/no such table/);
    await expect(client.execute('INSERT INTO others VALUES (1)')).rejects.toThrow(/FOREIGN KEY/);
    const before = opened();
    for (let call = 0; call < 10; call++) await client.execute('SELECT 1');
    expect(opened()).toBe(before);
  });

  it('wait for a stream when 128 are open', async () => {
    const { client, send } = start();
    const batons = [];
    for (let stream = 0; stream < 128; stream++) batons.push((await send([])).baton);
    const waiting = client.execute('SELECT 1');
    await setTimeout(5);
    await send([{ type: 'close' }], { baton: batons[0] });
    expect((await waiting).rows).toHaveLength(1);
  });
});

describe('the door', () => {
  it('lets in who shows the token', async () => {
    const { client, server } = start({ authToken: 'the right token' });
    expect((await client.execute('SELECT 1')).rows).toHaveLength(1);
    for (const authToken of [undefined, 'the wrong token', 'the right token and more', '']) {
      const stranger = createClient({ url: 'http://database.test', authToken, fetch: server.fetch });
      await expect(stranger.execute('SELECT 1')).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
        message: expect.stringMatching(/token is missing or wrong/),
      });
    }
  });

  it('does not serve pages of browsers without a token', async () => {
    const { post } = start();
    const headers = { origin: 'http://evil.test', 'content-type': 'text/plain' };
    expect((await post('{"requests":[]}', { headers })).status).toBe(403);
  });

  it.each([
    ['what is no JSON', 'hello', /^The request is malformed: /],
    ['a request of an unknown type', '{"requests":[{"type":"fetch"}]}', /at requests\.0\.type: /],
    [
      'an integer that is none',
      '{"requests":[{"type":"execute","stmt":{"sql":"SELECT ?","args":[{"type":"integer","value":"1.5"}]}}]}',
      /at requests\.0\.stmt\.args\.0\.value: expected an integer as text/,
    ],
  ])('says what is wrong with %s', async (_, body, message) => {
    const { post } = start();
    const refused = await post(body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  it('says what it speaks, and where', async () => {
    const { server } = start({ authToken: 'the right token' });
    const get = (path: string) => server.fetch(new Request(`http://database.test${path}`));
    expect((await get('/v2')).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
    for (const path of ['/v3', '/v3-protobuf', '/v2/pipeline']) {
      const refused = await get(path);
      expect(refused.status).toBe(404);
      expect(await refused.json()).toMatchObject({ message: expect.stringContaining('POST /v2/pipeline') });
    }
  });

  it('says when the database cannot be opened', async () => {
    const server = createHranaServer({
      authToken: undefined,
      open: () => new DatabaseSync('/nowhere/at/all'),
      sleep: () => setTimeout(0),
    });
    const client = createClient({ url: 'http://database.test', fetch: server.fetch });
    await expect(client.execute('SELECT 1')).rejects.toMatchObject({ code: 'SQLITE_CANTOPEN' });
  });
});

describe('a disk that is full', () => {
  const insert = { sql: 'INSERT INTO blobs VALUES (?)', args: [new Uint8Array(64 * 1024)] };

  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['statements', (client) => client.execute(insert)],
    ['batches', (client) => client.batch([insert, 'SELECT 1'], 'write')],
    [
      'transactions',
      async (client) => {
        const transaction = await client.transaction('write');
        try {
          await transaction.execute(insert);
        } finally {
          transaction.close();
        }
      },
    ],
  ])('is named to %s over HTTP with the path and the free space', async (_, work) => {
    const folder = mkdtempSync(join(tmpdir(), 'hrana-'));
    const path = join(folder, 'full.db');
    openFile(path).exec('CREATE TABLE blobs (value BLOB)');
    const open = () => {
      const handle = openFile(path);
      handle.exec('PRAGMA max_page_count = 4');
      return handle;
    };
    const place = { path, facts: () => ({ freeBytes: 0, uid: null }) };
    const server = createHranaServer({ open, place, authToken: undefined, sleep: () => setTimeout(1) });
    const client = createClient({ url: 'http://database.test', fetch: server.fetch });
    onTestFinished(() => {
      client.close();
      server.close();
      rmSync(folder, { recursive: true });
    });
    const failed = await work(client).catch((error: unknown) => error);
    if (!(failed instanceof LibsqlError)) throw new Error('The disk was not full');
    expect(failed.code).toBe('SQLITE_FULL');
    expect(onceCoded(failed.message)).toMatch(
      /^SQLITE_FULL: database or disk is full: .*full\.db cannot grow \(0 bytes are free there\)/,
    );
    expect((await client.execute('SELECT count(*) AS n FROM blobs')).rows).toEqual([{ n: 0 }]);
  });
});
