import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@libsql/client/http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpDatabaseClient } from './http-database.ts';
import { openDatabaseFile } from './node/open-database.ts';
import { serveDatabase } from './node/serve-database.ts';

async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'http-database-'));
  const path = join(folder, 'db');
  const served = await serveDatabase(path, { host: '127.0.0.1', port: 0, authToken: 'a-token-for-tests' });
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  const config = { url: `http://127.0.0.1:${served.port}`, authToken: 'a-token-for-tests' };
  return { path, config, client: httpDatabaseClient(config) };
}

describe('the client of a libSQL server', () => {
  it('takes the write lock when a batch begins, so that another writer cannot fail it half way', async () => {
    const { client, config } = await serve();
    await client.execute('CREATE TABLE numbers (number INTEGER)');
    const other = createClient(config);
    const holder = await other.transaction('write');
    await holder.execute('INSERT INTO numbers VALUES (1)');
    const batch = client.batch(['SELECT * FROM numbers', 'INSERT INTO numbers VALUES (2)'], 'deferred');
    await setTimeout(50);
    await holder.commit();
    other.close();
    expect((await batch)[0]?.rows).toEqual([{ number: 1 }]);
    expect((await client.execute('SELECT count(*) AS count FROM numbers')).rows).toEqual([{ count: 2 }]);
  });

  it('binds numbers as a file does, so that a statement means the same on both', async () => {
    const { client, path } = await serve();
    const file = openDatabaseFile(path);
    onTestFinished(() => file.close());
    const sql = `SELECT typeof(?), 'x' || ?, 7 / ?, CAST(7 AS INTEGER) / CAST(? AS INTEGER), typeof(coalesce(NULL, ?)),
      json_extract('{"a": 2}', '$.a') = ?, CASE WHEN 1 THEN ? END, json_array(?)`;
    const args = Array(8).fill(2);
    const rows = await Promise.all(
      [client, file].map(async (each) => (await each.execute({ sql, args })).rows),
    );
    expect(Array.from(rows[0]?.[0] ?? [])).toEqual(['real', 'x2.0', 3.5, 3, 'real', 1, 2, '[2.0]']);
    expect(Array.from(rows[1]?.[0] ?? [])).toEqual(Array.from(rows[0]?.[0] ?? []));
  });

  it('has no transactions over several requests, and says what to use', async () => {
    const { client } = await serve();
    await expect(client.transaction('write')).rejects.toThrow(/put the statements into a batch/);
  });

  it('says when the token is wrong or nobody answers, without the token', async () => {
    const { config } = await serve();
    const wrong = httpDatabaseClient({ ...config, authToken: 'another-token' }).execute('SELECT 1');
    await expect(wrong).rejects.toThrow(/token is missing or wrong/);
    await expect(wrong).rejects.not.toThrow(/another-token/);
    const nobody = httpDatabaseClient({ ...config, url: 'http://127.0.0.1:9' }).execute('SELECT 1');
    await expect(nobody).rejects.toThrow();
    await expect(nobody).rejects.not.toThrow(/a-token-for-tests/);
  });
});
