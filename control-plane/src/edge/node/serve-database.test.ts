import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@libsql/client/http';
import { expect, it, onTestFinished } from 'vitest';
import { serveDatabase } from './serve-database.ts';

it('a served database does nothing more for a caller whose connection was cut while it waited', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serve-database-'));
  const where = { host: '127.0.0.1', port: 0, authToken: undefined };
  const served = await serveDatabase(join(folder, 'db'), where);
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${served.port}`;
  const client = createClient({ url });
  await client.execute('CREATE TABLE numbers (number INTEGER)');
  const holder = await client.transaction('write');
  await holder.execute('INSERT INTO numbers VALUES (1)');
  const caller = new AbortController();
  const requests = [{ type: 'execute', stmt: { sql: 'INSERT INTO numbers VALUES (2)' } }];
  const cut = fetch(`${url}/v2/pipeline`, {
    method: 'POST',
    body: JSON.stringify({ requests }),
    signal: caller.signal,
  });
  await setTimeout(50);
  caller.abort();
  await expect(cut).rejects.toThrow(/abort/);
  // The server sees the end of that connection before requests that come after it.
  for (let call = 0; call < 3; call += 1) await client.execute('SELECT 1');
  await holder.commit();
  // Those who wait look again every 100 ms at the latest.
  await setTimeout(150);
  await client.execute('INSERT INTO numbers VALUES (3)');
  const { rows } = await client.execute('SELECT number FROM numbers');
  expect(rows).toEqual([{ number: 1 }, { number: 3 }]);
});

it('a served database refuses every call once its file was deleted, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serve-database-'));
  const where = { host: '127.0.0.1', port: 0, authToken: undefined };
  const served = await serveDatabase(join(folder, 'db'), where);
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  const client = createClient({ url: `http://127.0.0.1:${served.port}` });
  await client.execute('CREATE TABLE numbers (number INTEGER)');
  rmSync(join(folder, 'db'));
  await expect(client.execute('INSERT INTO numbers VALUES (1)')).rejects.toThrow(
    /db was deleted while the program ran/,
  );
});
